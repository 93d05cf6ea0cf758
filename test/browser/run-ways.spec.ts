/** Every way through a run, on the real console with simulated hosts. */
import { expect, type Page, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { type DemoConsole, startDemoConsole } from "./demo-console.ts";

/** A run of the demo takes half a minute; twice and more on a busy machine. */
const RUN_MS = 150_000;

let demo: DemoConsole;
test.describe.configure({ mode: "serial", timeout: RUN_MS + 60_000 });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  await buildPage();
  demo = await startDemoConsole(["orion", "vega", "altair", "rigel"]);
});
test.afterAll(() => demo.stop());

const state = (page: Page) => page.locator(".runhead .state");
const hold = (page: Page) => page.getByRole("region", { name: "Hold" });

async function openRunOf(page: Page, host: string): Promise<void> {
  await page.goto(demo.consoleUrl);
  const runId = await demo.runIdOf(host);
  await page.goto(new URL(`#/runs/${runId}`, page.url()).href);
}

test("cancelled in mid-run: no verdict, and the host goes", async ({ page }) => {
  await page.goto(demo.consoleUrl);
  const tile = page.getByRole("article").filter({ hasText: "rigel" });
  await tile.getByRole("button", { name: /^Start/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start", exact: true }).click();
  await expect(state(page)).toContainText(/stage [1-9] of 11/, { timeout: RUN_MS });
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await expect(state(page)).toHaveText("Cancelled");
  await expect(page.locator(".rail")).toContainText("Cancelled");
});

test("passes with gaps: said as such, and the gap is named", async ({ page }) => {
  await openRunOf(page, "orion");
  await expect(state(page)).toHaveText("Pass with gaps", { timeout: RUN_MS });
  await expect(page.locator(".runhead")).not.toHaveClass(/good/);
  await expect(page.getByRole("heading", { name: "Not exercised" })).toBeVisible();
  await expect(page.locator(".rail > li")).toHaveCount(11);
  await page.getByRole("tab", { name: /^Measurements/ }).click();
  await expect(page.getByRole("table").getByRole("row").nth(3)).toBeVisible();
  await page.getByRole("tab", { name: /^Firmware/ }).click();
  await expect(page.getByRole("row", { name: /^bios/ })).toContainText("2.19.1");
});

test("holds, is overridden, and holds again with the reason on record", async ({ page }) => {
  await openRunOf(page, "vega");
  await expect(state(page)).toHaveText("Holding", { timeout: RUN_MS });
  await expect(hold(page)).toContainText("CPU and memory failed");
  await expect(hold(page)).toContainText("left as it was", { ignoreCase: true });
  await hold(page).getByRole("button", { name: "Override…" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Cooler pressed on by hand.");
  await page.getByRole("dialog").getByRole("button", { name: "Override" }).click();
  await expect(state(page)).toContainText("Testing");
  await expect(state(page)).toHaveText("Holding", { timeout: RUN_MS });
  await expect(hold(page)).toContainText("Overridden 1 time so far");
  await expect(hold(page)).toContainText("Cooler pressed on by hand.");
  const cpu = page.locator(".rail > li").filter({ hasText: "CPU and memory" });
  await expect(cpu).toContainText("attempt 2");
  await expect(cpu).toContainText("Attempt 1: fail");
});

test("holds with its evidence, and is cancelled and rebooted: the failure stays", async ({
  page,
}) => {
  await openRunOf(page, "altair");
  await expect(state(page)).toHaveText("Holding", { timeout: RUN_MS });
  await expect(hold(page).getByRole("list", { name: "Failing parts" })).toContainText("serial");
  await hold(page)
    .getByRole("link", { name: /^SMART of every drive/ })
    .first()
    .click();
  await expect(page.getByRole("region", { name: /^Text of/ })).toContainText(
    "Reallocated_Sector_Ct",
  );
  await page.getByRole("button", { name: "Cancel & reboot…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("The host reboots");
  await dialog.getByRole("button", { name: "Cancel & reboot" }).click();
  await expect(state(page)).toHaveText("Cancelled");
  await expect(page.locator(".runhead")).toContainText("Fail in SMART");
});
