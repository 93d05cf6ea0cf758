/** The report as a file on a disk: it opens with no network, shows what it must, and prints. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { STAGES } from "../../contract/stages.ts";
import { renderReportHtml } from "../../server/report/html.ts";
import { at, FIRMWARE, gappyRun, holdingRun, host, SERIES } from "../fakes/console-data.ts";
import { readPdf } from "./pdf-text.ts";

let dir: string;
test.beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vetting-report-"));
});
test.afterEach(() => rmSync(dir, { recursive: true }));

function write(run = holdingRun(), simulated = false): string {
  const file = join(dir, "report.html");
  const input = { run, host: host({ simulated }), firmware: FIRMWARE, firmwareDiff: null };
  writeFileSync(file, renderReportHtml({ ...input, series: SERIES, generatedAt: at(2000) }));
  return pathToFileURL(file).href;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`opens offline in ${colorScheme}, with nothing fetched and nothing refused`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme, offline: true });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on("console", (message) => noise.push(message.text()));
    page.on("request", (request) => noise.push(request.url()));
    const url = write();
    await page.goto(url);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Fail");
    await expect(page.locator(".stages > li")).toHaveCount(11);
    await expect(page.locator("svg.plot")).toHaveCount(SERIES.length);
    expect(noise).toEqual([url]);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(19, 22, 26)");
    await context.close();
  });
}

test("the verdict is the largest text", async ({ page }) => {
  await page.goto(write(gappyRun(), true));
  const sizes = await page.evaluate(() =>
    [...document.querySelectorAll("body *")].map((element) => ({
      tag: element.closest("h1") === null ? element.tagName : "H1",
      px: Number.parseFloat(getComputedStyle(element).fontSize),
    })),
  );
  const largest = Math.max(...sizes.map(({ px }) => px));
  expect(new Set(sizes.filter(({ px }) => px === largest).map(({ tag }) => tag))).toEqual(
    new Set(["H1"]),
  );
  await expect(page.locator(".simulated")).toContainText("SIMULATED");
});

test("prints on A4, light even in the dark, with nothing wider than the sheet", async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: "dark", media: "print" });
  await page.setViewportSize({ width: 695, height: 1000 });
  await page.goto(write());
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground).toBe("rgb(255, 255, 255)");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
});

test("as PDF it has pages with their numbers, the verdict, the part to pull and every stage", async ({
  page,
}) => {
  await page.goto(write());
  const { pages, letters } = readPdf(await page.pdf({ preferCSSPageSize: true }));
  expect(pages).toBeGreaterThanOrEqual(3);
  expect(pages).toBeLessThanOrEqual(12);
  expect(letters).toContain("Fail");
  expect(letters).toContain("CPU2");
  for (const stage of STAGES) expect(letters).toContain(stage);
  for (let number = 1; number <= pages; number += 1) {
    expect(letters).toContain(`page${number}of${pages}`);
  }
});
