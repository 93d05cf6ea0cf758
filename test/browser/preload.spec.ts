/** The page as the desktop window has it: the built preload in Chromium, the shell behind it, the demo's hosts. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostSummary } from "../../contract/console-api.ts";
import { buildShell, type DesktopPage, openDesktopPage } from "./desktop-page.ts";
import { expect, openDemo, RUN_MS, test } from "./open-demo.ts";
import { tile } from "./open-lab.ts";

const demo = openDemo(["altair"]);

let saveDir: string;
let desktop: DesktopPage;
test.beforeAll(() => buildShell());
test.beforeEach(async ({ page }) => {
  saveDir = mkdtempSync(join(tmpdir(), "vetting-desktop-"));
  desktop = await openDesktopPage(page, { consoleUrl: demo.console.consoleUrl, saveDir });
  await page.getByText("Live", { exact: true }).waitFor();
});
test.afterEach(() => {
  rmSync(saveDir, { recursive: true });
  expect(desktop.refused).toEqual([]);
});

const holds = async () => {
  const [altair] = await demo.console.api<HostSummary[]>("hosts");
  return altair?.run?.state === "FailedHolding";
};

test("it is given five members and nothing of Electron or Node", async ({ page }) => {
  const given = await page.evaluate(() => ({
    members: Object.keys(window.vetting ?? {}).sort(),
    version: window.vetting?.version,
    node: ["require", "process", "module", "Buffer"].filter((name) => name in window),
  }));
  expect(given).toEqual({
    members: ["notify", "onOpenRun", "saveReport", "setBadge", "version"],
    version: "9.8.7",
    node: [],
  });
});

test("a host that holds puts its number on the app's icon, and takes it away again", async () => {
  await expect.poll(() => desktop.lab.seen.badges.at(-1), { timeout: RUN_MS }).toBe(1);
  await demo.console.post("runs/1/cancel");
  await expect.poll(() => desktop.lab.seen.badges.at(-1)).toBe(0);
});

test("a hold is told by the system, and a click there leads the page to its run", async ({
  page,
}) => {
  const start = tile(page, "altair").getByRole("button", { name: "Start…" });
  await expect(start).toBeEnabled({ timeout: RUN_MS });
  await demo.console.post("hosts/1/runs", {
    ...{ profile: "quick", nonDestructive: true, start: "reporter", afterPass: "reboot" },
  });
  await expect.poll(holds, { timeout: RUN_MS }).toBe(true);
  const told = () =>
    desktop.lab.seen.notifications.find(({ options }) => options?.title === "altair: Holding");
  await expect.poll(told).toBeDefined();
  expect(told()).toMatchObject({ shown: true, options: { body: expect.stringMatching(/\S/) } });
  await expect(page).not.toHaveURL(/runs/);
  told()?.emit("click");
  await expect(page).toHaveURL(/#\/runs\/2$/);
});

test("a link to a run leads the page there", async ({ page }) => {
  desktop.window.openRun(2);
  await expect(page).toHaveURL(/#\/runs\/2$/);
});

test("a report goes to where the dialog says, in each of its forms, and the page says where", async ({
  page,
}) => {
  desktop.window.openRun(2);
  await page.getByRole("tab", { name: "Report" }).click();
  for (const [name, file, text] of [
    ["Save HTML", "vetting-altair-run-2.html", "<!doctype html>"],
    ["Save PDF", "vetting-altair-run-2.pdf", "%PDF-"],
    ["Save OCP JSONL", "vetting-altair-run-2.jsonl", '{"schemaVersion"'],
    ["Save JUnit XML", "vetting-altair-run-2.junit.xml", "<testsuites"],
  ] as const) {
    await page.getByRole("button", { name }).click();
    const path = join(saveDir, file);
    await expect(page.getByRole("status").filter({ hasText: `Saved as ${path}.` })).toBeVisible();
    expect(readFileSync(path, "utf8")).toContain(text);
  }
  expect(readdirSync(saveDir)).toHaveLength(4);
});
