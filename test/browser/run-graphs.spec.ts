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

test("zoom by dragging refetches that span, and there is a way back", async ({ page, openRun }) => {
  await openRun(9, "/graphs");
  const chart = figure(page, "Temperature");
  await expect(chart.locator(".recharts-line-curve")).toHaveCount(2);
  const spans: URL[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith("/series/all")) spans.push(url);
  });
  const box = (await chart.locator(".recharts-surface").first().boundingBox())!;
  await page.mouse.move(box.x + 150, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 260, box.y + 90, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText(/Standing still: .* into the run/)).toBeVisible();
  await expect.poll(() => spans.length).toBe(1);
  const asked =
    Number(spans[0]!.searchParams.get("to")) - Number(spans[0]!.searchParams.get("from"));
  expect(asked).toBeLessThan(15 * 60_000);
  await page.getByRole("button", { name: "Back to live" }).click();
  await expect(page.getByRole("button", { name: "Last 5 min" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
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
