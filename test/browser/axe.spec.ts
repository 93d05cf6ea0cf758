/** No screen, in no state and neither theme, has a fault that axe calls serious or critical. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
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
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${scene.name}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(consoleUrlOf(scene, stage));
      await page.goto(new URL(scene.address(stage), page.url()).href);
      await scene.show(page, stage);
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(5);
      const grave = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
      expect(grave).toEqual([]);
    });
  }
}
