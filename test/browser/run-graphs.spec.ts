/** A run's graphs: past and live, zoom, which sensors, and the same as a table. */
import type { Page } from "@playwright/test";
import type { LiveEvent, SamplePoint } from "../../contract/console-api.ts";
import { expect, test } from "./lab-test.ts";

const samples = (runId: number, ...points: SamplePoint[]): LiveEvent => ({
  type: "samples",
  runs: [{ runId, points }],
});
const figure = (page: Page, name: string) => page.getByRole("figure", { name });

test("draw the past and go on with live samples", async ({ page, lab, openRun }) => {
  await openRun(9, "/graphs");
  const power = figure(page, "Power");
  await expect(power.locator(".recharts-line-curve")).toHaveCount(1);
  await expect(power).toContainText("limit 500 W");
  lab.publish(samples(9, ["psu.power", "W", Date.now() + 9e5, 444]));
  await expect(power.locator(".legend")).toContainText("444 W");
  lab.publish(samples(9, ["fan.speed[7]", "{rpm}", Date.now(), 5100]));
  await expect(figure(page, "Fans")).toContainText("5100 rpm");
});

test("one hover reads every chart at the same time; a breach is marked", async ({
  page,
  openRun,
}) => {
  await openRun(8, "/graphs");
  await expect(figure(page, "Temperature")).toContainText("breach");
  const box = (await figure(page, "Temperature").locator(".recharts-surface").boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  const time = /^(.+?) ·/;
  const read = async (name: string) =>
    time.exec((await figure(page, name).locator(".tooltip").textContent()) ?? "")?.[1];
  await expect(figure(page, "Power").locator(".tooltip")).toContainText("psu.power");
  expect(await read("Power")).toBe(await read("Temperature"));
});

test("zoom by keyboard alone", async ({ page, openRun }) => {
  await openRun(8, "/graphs");
  await page.getByRole("button", { name: "Zoom in" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/Standing still/)).toBeVisible();
  const before = (await page.getByText(/Standing still/).textContent()) ?? "";
  await page.getByRole("button", { name: "Earlier" }).press("Enter");
  await expect(page.getByText(/Standing still/)).not.toHaveText(before);
  await page.getByRole("button", { name: "Whole run", exact: true }).press("Enter");
  await expect(page.getByText(/Standing still/)).toHaveCount(0);
});

test("sensors are chosen, and read as a table with a CSV each", async ({ page, openRun }) => {
  await openRun(8, "/graphs");
  const chart = figure(page, "Temperature");
  await chart.getByText("Sensors shown: 2 of 2").click();
  await chart.getByRole("checkbox", { name: "cpu.package.temp[0]" }).uncheck();
  await expect(chart.locator(".recharts-line-curve")).toHaveCount(1);
  await chart.getByText("Readings as a table").click();
  const row = chart.getByRole("row").filter({ hasText: "cpu.package.temp[1]" });
  await expect(row).toContainText("°C");
  await expect(row.getByRole("link", { name: "CSV of cpu.package.temp[1]" })).toHaveAttribute(
    "href",
    "/api/v1/runs/8/series.csv?sensor=cpu.package.temp%5B1%5D",
  );
});
