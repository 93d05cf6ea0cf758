/** Two runs side by side. */
import type { Page } from "@playwright/test";
import { FIRMWARE } from "../fakes/console-data.ts";
import { expect, test } from "./lab-test.ts";

const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const cells = (page: Page, name: string, text: string) =>
  part(page, name).getByRole("row").filter({ hasText: text });

test("each run has its head: who, how it came out, and why", async ({ page, lab }) => {
  await page.goto(`${lab.url}#/compare/6/8`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare run 6 with run 8");
  await expect(part(page, "A: run 6")).toContainText("Pass with gaps");
  await expect(part(page, "A: run 6")).toContainText("ECC counters");
  await expect(part(page, "B: run 8")).toContainText("Holding");
  await expect(part(page, "B: run 8")).toContainText("the sensor's own critical limit is 100 °C");
  await page.getByRole("link", { name: "Swap" }).click();
  await expect(part(page, "A: run 8")).toContainText("Holding");
});

test("stages stand beside each other, and what differs is marked by a word", async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}#/compare/6/8`);
  await expect(part(page, "Stages").locator("tbody tr")).toHaveCount(11);
  await expect(cells(page, "Stages", "CPU and memory")).toContainText("differs");
  await expect(cells(page, "Stages", "CPU and memory")).toContainText("−4 min 02");
  await expect(cells(page, "Stages", "SMART")).toContainText("same");
});

test("measurements are joined, those beyond a limit first, with difference and percent", async ({
  page,
  lab,
}) => {
  const run = lab.data.runs.find(({ id }) => id === 8);
  const smart = run?.stages.find(({ stage }) => stage === "SMART");
  smart!.measurements = [
    { name: "disk.available_spare", item: "nvme0", value: 95, unit: "%", min: 10 },
  ];
  await page.goto(`${lab.url}#/compare/6/8`);
  const first = part(page, "Measurements").locator("tbody tr").first();
  await expect(first).toContainText("cpu.throttle_events");
  await expect(first).toContainText("beyond limit");
  await expect(first).toContainText("not measured");
  const spare = cells(page, "Measurements", "disk.available_spare");
  await expect(spare).toContainText("−5 %");
  await expect(spare).toContainText("≥ 10 %");
  const count = await part(page, "Measurements").locator("tbody tr").count();
  await page.getByLabel("Only what differs").check();
  expect(await part(page, "Measurements").locator("tbody tr").count()).toBeLessThanOrEqual(count);
  await expect(spare).toBeVisible();
});

test("graphs of both lie over each other; sensors are added and removed", async ({ page, lab }) => {
  await page.goto(`${lab.url}#/compare/6/8`);
  const graphs = part(page, "Graphs");
  await expect(graphs.locator("figure")).toHaveCount(2);
  const figure = graphs.locator("figure").filter({ hasText: "cpu.package.temp[0]" });
  await expect(figure.locator(".recharts-line")).toHaveCount(2);
  await expect(figure).toContainText("A: run 6 of vega");
  await expect(figure).toContainText("B: run 8 of orion");
  await graphs.getByLabel("Add a sensor").selectOption("cpu.package.temp[1]");
  await expect(graphs.locator("figure")).toHaveCount(3);
  await graphs.getByRole("button", { name: "Remove the graph of psu.power" }).click();
  await expect(graphs.locator("figure")).toHaveCount(2);
});

test("firmware: what changed and what only one of them has stands out", async ({ page, lab }) => {
  const [bios, nic] = FIRMWARE;
  const nvme = { ...nic!, component: "nvme" as const, identifier: "S439NA0M501234" };
  lab.data.firmware = { 6: [bios!, nic!], 8: [bios!, { ...nic!, version: "22.40.1" }, nvme] };
  await page.goto(`${lab.url}#/compare/6/8`);
  await expect(cells(page, "Firmware", "0000:19:00.0")).toContainText("changed");
  await expect(cells(page, "Firmware", "nvme")).toContainText("only in B");
  await expect(part(page, "Firmware").locator("tbody tr").first()).not.toContainText("same");
});

test("a run that is not there is a sentence, and one under way is told as such", async ({
  page,
  lab,
  faults,
}) => {
  await page.goto(`${lab.url}#/compare/6/9`);
  await expect(page.getByText("Run 9 is under way")).toBeVisible();
  await page.goto(`${lab.url}#/compare/6/77`);
  await expect(page.getByRole("alert")).toContainText("There is no run 77.");
  faults.splice(0);
});
