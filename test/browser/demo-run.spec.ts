/** A run's screen on the real console: orion's while it is tested and after it, and lyra's, which holds. */
import { readFileSync } from "node:fs";
import type { Download, Page } from "@playwright/test";
import type { RunDetail } from "../../contract/console-api.ts";
import { expect, openDemo, RUN_MS, runHead, seeState, test } from "./open-demo.ts";

const demo = openDemo(["orion", "lyra"]);

const figure = (page: Page, name: string) => page.getByRole("figure", { name });
const stage = (page: Page, title: string) =>
  page
    .getByRole("list", { name: "Stages" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name: title, exact: true }) });

async function textOf(download: Promise<Download>): Promise<string> {
  return readFileSync(await (await download).path(), "utf8");
}

test("the log comes live, line by line, and is filtered by stage and level", async ({ page }) => {
  await demo.openRun(page, "orion", "/log");
  const log = page.getByRole("log", { name: "Log lines" });
  const lines = log.getByRole("paragraph");
  await expect(lines.nth(0)).toBeVisible({ timeout: RUN_MS });
  const before = await lines.count();
  await expect.poll(() => lines.count(), { timeout: RUN_MS }).toBeGreaterThan(before);
  await expect(log).toContainText("smartctl", { timeout: RUN_MS });
  await page.getByRole("combobox", { name: "Stage" }).selectOption("Inventory");
  await expect(log).not.toContainText("smartctl");
  await page.getByLabel("Level").selectOption("error");
  await expect(log).toHaveText("No lines.");
});

test("the graphs go on by themselves, and the head counts down", async ({ page }) => {
  await demo.openRun(page, "orion");
  await expect(runHead(page)).toContainText(/stage \d+ of 11/, { timeout: RUN_MS });
  await expect(runHead(page)).toContainText(/about .+ left/);
  await expect(runHead(page).getByRole("progressbar")).toBeVisible();
  await page.getByRole("button", { name: "All graphs" }).click();
  await expect(page).toHaveURL(/\/graphs$/);
  await page.getByRole("button", { name: "Last 5 min" }).click();
  const chart = figure(page, "Temperature");
  await expect(chart).toContainText("cpu.package.temp");
  const before = await chart.getByRole("listitem").allInnerTexts();
  await expect
    .poll(() => chart.getByRole("listitem").allInnerTexts(), { timeout: RUN_MS })
    .not.toEqual(before);
});

test("a tool that found faults and exited 0 holds the run: why, what next, how to get in", async ({
  page,
}) => {
  await demo.openRun(page, "lyra");
  await seeState(page, "Holding");
  const hold = page.getByRole("region", { name: "Hold" });
  await expect(hold).toContainText("CPU and memory failed");
  await expect(hold).toContainText("a hold never expires");
  await expect(hold).toContainText("by demo");
  await expect(hold).toContainText("Not in the live image");
  await expect(hold.getByRole("heading", { name: "What to do now" })).toBeVisible();
  const override = hold.getByRole("button", { name: "Override…" });
  await override.click();
  const dialog = page.getByRole("dialog", { name: "Override the failure?" });
  await expect(dialog.getByLabel("Reason")).toBeFocused();
  await dialog.getByRole("button", { name: "Override" }).click({ force: true });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(override).toBeFocused();
  await expect(hold).toContainText("Nothing was overridden so far.");
});

test("the evidence of the failure is read and searched in place, and taken along", async ({
  page,
}) => {
  await demo.openRun(page, "lyra", "/evidence");
  // Beside a tab the hold keeps what matters most.
  const hold = page.getByRole("region", { name: "Hold" });
  await expect(hold.getByRole("button", { name: "Override…" })).toBeVisible();
  await expect(hold).not.toContainText("What to do now");
  const files = page.getByRole("list", { name: "Captured files" });
  for (const name of ["dmesg.txt", "sel.txt", "edac.json", "samples.csv", "tool-output.txt"]) {
    await expect(files).toContainText(name);
  }
  await files.getByRole("button", { name: /tool-output\.txt/ }).click();
  const text = page.getByRole("region", { name: "Text of tool-output.txt" });
  await expect(text).toContainText("bit error");
  const search = page.getByRole("searchbox", { name: "Search tool-output.txt" });
  await search.fill("bit error");
  await search.press("Enter");
  await expect(page.getByText(/^(1 of \d+)$/)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("tool-output.txt");
  expect(await textOf(download)).toContain("bit error");
});

test("eleven stages with their proof, and what was not exercised named on its stage", async ({
  page,
}) => {
  await demo.openRun(page, "orion");
  await seeState(page, "Pass with gaps");
  await expect(page.getByRole("list", { name: "Stages" }).getByRole("listitem")).toHaveCount(11);
  await expect(stage(page, "CPU and memory")).toContainText(/cpu: \d.* s of 2 s, .*bogo-ops/);
  await expect(stage(page, "CPU and memory")).toContainText("Pass with gaps");
  await expect(stage(page, "CPU and memory")).not.toHaveClass(/good/);
  await expect(stage(page, "SMART")).toHaveClass(/good/);
  await expect(stage(page, "CPU and memory")).toContainText("Not exercised: memory beyond 0.5 GiB");
  await expect(stage(page, "Storage")).toContainText("disk nvme0n1 random read");
  await expect(stage(page, "Network")).toContainText("nic eno1 receive");
  await expect(stage(page, "GPU")).toContainText("The host has no GPU.");
  await expect(runHead(page)).toContainText("after a pass: reboot");
});

test("a drag over a graph fetches that time at full points; a sensor is taken along as CSV", async ({
  page,
}) => {
  await demo.openRun(page, "orion", "/graphs");
  const chart = figure(page, "Temperature");
  await expect(chart).toContainText("cpu.package.temp");
  const box = (await chart.getByRole("application").first().boundingBox())!;
  const asked = page.waitForRequest((request) => request.url().includes("/series/all?"));
  await page.mouse.move(box.x + box.width * 0.4, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 90, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText(/Standing still: .* into the run/)).toBeVisible();
  const span = new URL((await asked).url()).searchParams;
  const run = await demo.console.api<RunDetail>("runs/1");
  const [begin, end] = [Date.parse(run.startedAt!), Date.parse(run.endedAt!)];
  expect(Number(span.get("from"))).toBeGreaterThan(begin);
  expect(Number(span.get("to"))).toBeLessThan(end);
  await page.getByRole("button", { name: "Back to the whole run" }).click();
  await expect(page.getByText(/Standing still/)).toHaveCount(0);

  await chart.getByText("Readings as a table, CSV").click();
  const download = page.waitForEvent("download");
  await chart.getByRole("link", { name: "CSV of cpu.package.temp" }).click();
  const samples = (await textOf(download)).trimEnd().split("\n");
  const known = run.sensors.find(({ sensor }) => sensor === "cpu.package.temp");
  expect(samples.length - 1).toBe(known?.samples);
});

test("a press on a stage narrows measurements and graphs to it", async ({ page }) => {
  await demo.openRun(page, "orion", "/measurements");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows.filter({ hasText: "Power supply" }).first()).toBeVisible();
  const all = await rows.count();
  await page.getByRole("button", { name: "SMART", exact: true }).click();
  await expect.poll(() => rows.count()).toBeLessThan(all);
  await expect(rows.nth(1)).toContainText("SMART");
  await page.getByRole("tab", { name: /^Graphs/ }).click();
  await expect(page.getByText(/Standing still/)).toBeVisible();
  await page.getByRole("button", { name: "SMART", exact: true }).click();
  await expect(page.getByText(/Standing still/)).toHaveCount(0);
});

test("firmware beside its pins and another host's; what was found becomes the spec", async ({
  page,
}) => {
  await demo.openRun(page, "orion", "/firmware");
  const bios = page.getByRole("row", { name: /^bios/ });
  await expect(bios).toContainText(/2\.19\.1.*As pinned/);
  await expect(page.getByText("none stands out. Spec simulated edge node.")).toBeVisible();
  await page.getByLabel("Compare with").selectOption("2");
  await expect(page.getByRole("columnheader", { name: "In run 2" })).toBeVisible();
  await expect(bios).toContainText("Same");
  await expect(page.getByRole("row").filter({ hasText: "SIMNV0401" })).toContainText("not found");
  await page.getByRole("button", { name: "Pin these versions…" }).click();
  const dialog = page.getByRole("dialog", { name: "Pin these firmware versions?" });
  await expect(dialog.getByLabel("Spec")).toHaveValue("simulated edge node");
  await dialog.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(page.getByText("5 versions are pinned in spec simulated edge node")).toBeVisible();
  const nvme = page.getByRole("row", { name: /^nvme/ }).filter({ hasText: "SIMNV0101" });
  await page.reload();
  await expect(nvme).toContainText("No pin");
});

test("the report is read in place, and taken along in each of its forms", async ({
  page,
  files,
}) => {
  await demo.openRun(page, "orion", "/report");
  const preview = page.frameLocator("iframe");
  await expect(preview.getByRole("heading", { level: 1 })).toHaveText("Pass with gaps");
  const save = async (name: string, file: string) => {
    const text = await files.saved(() => page.getByRole("button", { name }).click(), file);
    const said = page.getByRole("status").filter({ hasText: /^Saved as / });
    await expect(said).toContainText(`${file}.`);
    return text;
  };
  expect(await save("Save HTML", "vetting-orion-run-1.html")).toContain("memory beyond 0.5 GiB");
  const jsonl = await save("Save OCP JSONL", "vetting-orion-run-1.jsonl");
  const artifacts = jsonl.trimEnd().split("\n");
  expect(Object.keys(JSON.parse(artifacts[0]!))).toContain("schemaVersion");
  const junit = await save("Save JUnit XML", "vetting-orion-run-1.junit.xml");
  expect(junit).toMatch(/<testsuites[^>]*>[\s\S]*CPUStress/);
  const pdf = () => page.getByRole("button", { name: "Save PDF" }).click();
  expect(await files.printed(pdf)).toContain("orion");
});
