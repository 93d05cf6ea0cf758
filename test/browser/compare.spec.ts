/** Two runs side by side, differing in ways that the demo's runs do not; demo-history.spec.ts has the rest. */
import type { Page } from "@playwright/test";
import { FIRMWARE } from "../fakes/console-data.ts";
import { expect, test } from "./lab-test.ts";

const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const cells = (page: Page, name: string, text: string) =>
  part(page, name).getByRole("row").filter({ hasText: text });

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
