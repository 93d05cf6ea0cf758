/** `npm run screenshots [-- NAME…]`: every scene at two sizes in two themes, into dist/screens/. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright";
import { CHROMIUM } from "../chromium.ts";
import { buildPage } from "./build-page.ts";
import {
  clearTheStage,
  consoleUrlOf,
  SCENES,
  type Scene,
  type Stage,
  setTheStage,
} from "./scenes.ts";

const OUT = join(import.meta.dirname, "../../dist/screens");
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const THEMES = ["dark", "light"] as const;

const wanted = process.argv.slice(2);
const scenes = SCENES.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
const failed: string[] = [];
mkdirSync(OUT, { recursive: true });
await buildPage();
const stage = await setTheStage();
const browser = await chromium.launch(CHROMIUM);
const contexts = await Promise.all(
  SIZES.flatMap((viewport) =>
    THEMES.map(async (colorScheme) => ({
      suffix: `${viewport.width}-${colorScheme}`,
      context: await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" }),
    })),
  ),
);
try {
  for (const scene of scenes) {
    for (const { suffix, context } of contexts) {
      await photograph(scene, stage, context, `${scene.name}-${suffix}`);
    }
  }
  // Last, since nothing comes after it: the console goes and the window stays.
  for (const { suffix, context } of contexts) await leaveOpen(context, suffix);
  await stage.demo.stop();
  for (const { suffix, context } of contexts) {
    const page = context.pages()[0];
    if (page === undefined) continue;
    await page.getByRole("alert").filter({ hasText: "does not answer" }).waitFor();
    await page.screenshot({ path: join(OUT, `disconnected-${suffix}.png`) });
  }
} finally {
  await browser.close();
  await clearTheStage(stage);
}
console.log(`${scenes.length} scenes at ${contexts.length} sizes and themes are in ${OUT}.`);
for (const name of failed) console.error(`Not photographed: ${name}`);
process.exitCode = failed.length > 0 || scenes.length === 0 ? 1 : 0;

async function photograph(
  scene: Scene,
  stage: Stage,
  context: BrowserContext,
  name: string,
): Promise<void> {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  try {
    await page.goto(consoleUrlOf(scene, stage));
    await page.goto(new URL(scene.address(stage), page.url()).href);
    await scene.show(page, stage);
    await page.screenshot({ path: join(OUT, `${name}.png`) });
  } catch (error) {
    failed.push(`${name}: ${String(error).split("\n", 1)[0]}`);
    await page.screenshot({ path: join(OUT, `${name}.failed.png`) }).catch(() => {});
  } finally {
    // What a scene chose is remembered, and would be the next one's.
    await page.evaluate(() => window.localStorage.clear());
    await page.close();
  }
}

async function leaveOpen(context: BrowserContext, suffix: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(stage.demo.consoleUrl);
  await page.getByRole("article").first().waitFor({ timeout: 15_000 });
  console.log(`open over the end of the console: ${suffix}`);
}
