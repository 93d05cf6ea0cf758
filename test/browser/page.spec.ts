/** The page over a console whose data the spec decides: what each host condition looks like and what one can do. */
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { runningRun, summaryOf } from "../fakes/console-data.ts";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";
import { watchFaults } from "./page-faults.ts";

let lab: FakeConsole;
let faults: string[];

test.beforeAll(async () => {
  await buildPage();
});

test.beforeEach(async ({ page }) => {
  lab = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
  faults = watchFaults(page);
});

test.afterEach(async () => {
  await lab.stop();
  expect(faults).toEqual([]);
});

const tile = (page: Page, name: string) => page.getByRole("article").filter({ hasText: name });

test("hosts come by attention, each with its state as a word", async ({ page }) => {
  await page.goto(lab.url);
  await expect(page.getByRole("article")).toHaveCount(6);
  const words = await page.locator(".tile .state").allInnerTexts();
  expect(words.map((word) => word.trim())).toEqual([
    "Holding",
    "Testing",
    "Ready",
    "Passed",
    "Pass with gaps",
    "Offline",
  ]);
  await expect(tile(page, "orion")).toContainText("Fail in CPU and memory");
  await expect(tile(page, "rigel")).toContainText("stage 6 of 11");
  await expect(tile(page, "vega")).toContainText("Simulated");
  await expect(tile(page, "orion")).not.toContainText("Simulated");
});

test("what is in the way is said with its mend, and the lab address always", async ({ page }) => {
  await page.goto(lab.url);
  const checks = page.getByRole("region", { name: "Checks of this console" });
  await expect(checks).toContainText("Live image");
  await checks.getByRole("link", { name: "What to do" }).click();
  await expect(checks).toContainText("No live image has been built");
  await expect(checks).toContainText("npm run image");
  await expect(checks.getByRole("button", { name: "Copy the mend for Live image" })).toBeVisible();
  await expect(page.getByRole("banner").first()).toContainText("http://192.0.2.10:8421");
});

test("an offline host says why it cannot start, and offers the reporter's command and the start by hand", async ({
  page,
}) => {
  await page.goto(lab.url);
  const start = tile(page, "deneb").getByRole("button", { name: "Start…" });
  await expect(start).toHaveAttribute("aria-disabled", "true");
  await start.focus();
  await page.keyboard.press("Enter");
  const hint = page.getByRole("dialog", { name: "deneb is offline" });
  await expect(hint).toContainText("http://192.0.2.10:8421/register/quick.sh");
  await page.keyboard.press("Escape");
  await expect(hint).toHaveCount(0);
  await expect(start).toBeFocused();
  await page.keyboard.press("Enter");
  await hint.getByRole("button", { name: "Wake or power on by hand…" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a run on deneb" });
  await expect(dialog.getByLabel("Its reporter reboots it")).toBeDisabled();
  await expect(dialog.getByLabel(/Wake it over the network/)).toBeChecked();
});

test("a machine that netbooted is adopted", async ({ page }) => {
  await page.goto(lab.url);
  await page.getByRole("button", { name: "Adopt 52:54:00:99:88:77" }).click();
  await expect(page.getByRole("dialog").getByLabel("MAC address")).toHaveValue("52:54:00:99:88:77");
});

test("an unreachable console is said, the data stays, and it recovers without a reload", async ({
  page,
}) => {
  await page.goto(lab.url);
  await expect(tile(page, "rigel")).toContainText("stage 6 of 11");
  await lab.stop();
  await expect(page.getByRole("alert")).toContainText("The console does not answer");
  await expect(tile(page, "rigel")).toContainText("stage 6 of 11");
  await expect(page.locator(".tiles")).toHaveClass(/stale/);
  const moved = runningRun({ state: "Network" });
  lab.data.hosts = lab.data.hosts.map((one) =>
    one.id === 2 ? { ...one, run: summaryOf(moved) } : one,
  );
  await lab.restart();
  await expect(tile(page, "rigel")).toContainText("stage 7 of 11", { timeout: 20_000 });
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("with no host the page teaches how to bring one in", async ({ page }) => {
  lab.data.hosts = [];
  await page.goto(lab.url);
  await expect(page.getByText("No host yet")).toBeVisible();
  await expect(page.getByText("curl -fsSL http://192.0.2.10:8421/register/quick.sh")).toBeVisible();
});
