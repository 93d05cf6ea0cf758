/** No screen, in no state and neither theme, has a fault that axe calls serious or critical. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { clearTheStage, consoleUrlOf, SCENES, type Stage, setTheStage } from "./scenes.ts";

let stage: Stage;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  await buildPage();
  stage = await setTheStage();
});
test.afterAll(() => clearTheStage(stage));

for (const scene of SCENES) {
  test(scene.name, async ({ page }) => {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(consoleUrlOf(scene, stage));
    await page.goto(new URL(scene.address(stage), page.url()).href);
    await scene.show(page, stage);
    // The report's frame may run no script, axe's neither: the report is a test of its own.
    await page.locator("iframe").evaluateAll((frames) => {
      for (const frame of frames) frame.remove();
    });
    await expectNothingGrave(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectNothingGrave(page);
  });
}

test("the report", async ({ page }) => {
  await page.goto(stage.demo.consoleUrl);
  await page.goto(new URL(`/api/v1/runs/${stage.runs.hot}/report.html`, page.url()).href);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNothingGrave(page);
});

async function expectNothingGrave(page: Page): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  expect(passes.length).toBeGreaterThan(5);
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
  expect(grave).toEqual([]);
}
