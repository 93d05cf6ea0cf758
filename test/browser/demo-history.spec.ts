/** The history on the real console: two runs of the demo's hosts that have ended, listed, filtered and compared. */
import type { Page } from "@playwright/test";
import type { RunDetail } from "../../contract/console-api.ts";
import { expect, openDemo, RUN_MS, test } from "./open-demo.ts";

const demo = openDemo(["orion", "vega"]);

const table = (page: Page) => page.getByRole("table", { name: "Runs, newest first" });
const rows = (page: Page) =>
  table(page)
    .getByRole("row")
    .filter({ has: page.getByRole("link") });
const rowOf = (page: Page, host: string) =>
  rows(page).filter({ has: page.getByRole("rowheader", { name: host }) });
const filter = (page: Page, name: string) => page.getByRole("combobox", { name, exact: true });
const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const line = (page: Page, name: string, text: string) =>
  part(page, name).getByRole("row").filter({ hasText: text });

/** Run 1 is orion's, run 2 vega's: the demo starts them in this order. */
async function openComparison(page: Page): Promise<void> {
  await demo.open(page, "#/compare/1/2");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare run 1 with run 2");
}

test("runs go on in the list by themselves until they end, each with its verdict in words", async ({
  page,
}) => {
  await demo.open(page, "#/runs");
  await expect(rows(page).getByRole("link")).toHaveText(["Run 2", "Run 1"]);
  await expect(rowOf(page, "vega")).toContainText("Holding", { timeout: RUN_MS });
  await expect(rowOf(page, "vega")).toContainText("CPU and memory");
  await demo.console.post("runs/2/cancel");
  await expect(rowOf(page, "vega")).toContainText("Cancelled");
  await expect(rowOf(page, "vega")).toContainText("Fail");
  await expect(rowOf(page, "orion")).toContainText("Pass with gaps", { timeout: RUN_MS });
  await expect(rowOf(page, "orion")).not.toContainText("Passed");
  await expect(rowOf(page, "orion")).not.toContainText("so far");
  await expect(page.getByText("2 runs, and that is all")).toBeVisible();
});

test("is filtered by verdict, host, state, profile and text, and the address holds it", async ({
  page,
}) => {
  await demo.open(page, "#/runs");
  await filter(page, "Verdict").selectOption("Fail");
  await expect(rows(page)).toHaveCount(1);
  await expect(rowOf(page, "vega")).toBeVisible();
  await expect(page).toHaveURL(/#\/runs\?verdict=fail$/);
  await filter(page, "Verdict").selectOption("Any");
  await filter(page, "Host").selectOption("orion");
  await expect(page).toHaveURL(/#\/runs\?host=1$/);
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await expect(rowOf(page, "orion")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows(page)).toHaveCount(2);
  await filter(page, "State").selectOption("Cancelled");
  await expect(rows(page)).toHaveCount(1);
  await filter(page, "State").selectOption("Any");
  await filter(page, "Profile").selectOption("deep");
  await expect(page.getByRole("heading", { name: "No run is like that" })).toBeVisible();
  await page.getByRole("link", { name: "Show all runs" }).click();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Host, serial, operator or ticket")).toBeFocused();
  await page.keyboard.type("sim00002");
  await expect(rows(page)).toHaveCount(1);
  await expect(rowOf(page, "vega")).toBeVisible();
});

test("two of them are chosen by keyboard and compared, the older one first", async ({ page }) => {
  await demo.open(page, "#/runs");
  const box = (name: string) => page.getByRole("checkbox", { name });
  await box("Compare run 2 of vega").focus();
  await page.keyboard.press("Space");
  const bar = page.getByRole("region", { name: "Compare two runs" });
  await expect(bar).toContainText("Choose one more");
  await box("Compare run 1 of orion").check();
  await expect(bar).toContainText("run 1 of orion and run 2 of vega");
  await bar.getByRole("button", { name: "Compare" }).press("Enter");
  await expect(page).toHaveURL(/#\/compare\/1\/2$/);
  await expect(part(page, "A: run 1")).toContainText("Pass with gaps");
  await expect(part(page, "A: run 1")).toContainText("memory beyond 0.5 GiB");
  await expect(part(page, "B: run 2")).toContainText("Cancelled");
  await expect(part(page, "B: run 2")).toContainText(/cpu\.package\.temp\[\d\] reached/);
  await page.getByRole("link", { name: "Swap" }).click();
  await expect(part(page, "A: run 2")).toContainText("Cancelled");
});

test("stages, measurements and firmware of both stand side by side, what differs by its word", async ({
  page,
}) => {
  await openComparison(page);
  await expect(part(page, "Stages").getByRole("rowheader")).toHaveCount(11);
  await expect(line(page, "Stages", "SMART")).toContainText("same");
  await expect(line(page, "Stages", "CPU and memory")).toContainText("differs");
  await expect(line(page, "Stages", "Burn")).toContainText("Not reached");
  const measured = part(page, "Measurements").getByRole("row");
  const all = await measured.count();
  await page.getByLabel("Only what differs").check();
  await expect.poll(() => measured.count()).toBeLessThan(all);
  await expect(line(page, "Measurements", "not measured").first()).toBeVisible();
  await expect(line(page, "Firmware", "bios")).toContainText(/2\.19\.1.*2\.19\.1.*same/);
  await expect(line(page, "Firmware", "SIMNV0201")).toContainText("only in B");
});

test("the sensors of both lie over each other; one is added and one taken away", async ({
  page,
}) => {
  await openComparison(page);
  const graphs = part(page, "Graphs");
  const run = await demo.console.api<RunDetail>("runs/1");
  const shared = "fan[Fan1]";
  expect(run.sensors.map(({ sensor }) => sensor)).toContain(shared);
  await expect(graphs.getByRole("figure")).toHaveCount(2);
  await graphs.getByLabel("Add a sensor").selectOption(shared);
  const fan = graphs.getByRole("figure").filter({ hasText: shared });
  const legend = fan.getByRole("listitem");
  await expect(legend.filter({ hasText: "A: run 1 of orion" })).toContainText(/\d+ rpm to \d+ rpm/);
  await expect(legend.filter({ hasText: "B: run 2 of vega" })).toContainText(/\d+ rpm to \d+ rpm/);
  await graphs.getByRole("button", { name: `Remove the graph of ${shared}` }).click();
  await expect(graphs.getByRole("figure")).toHaveCount(2);
});
