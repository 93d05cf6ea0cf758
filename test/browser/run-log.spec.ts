/** A run's log of thousands of lines: search, what is drawn, copy; demo-run.spec.ts has a real one. */
import { expect, test } from "./lab-test.ts";

const line = (sequence: number, text: string, level: "info" | "error" = "info") => ({
  ...{ sequence, stage: "Storage" as const, t: new Date().toISOString(), source: "fio" },
  ...{ level, text },
});

test("of thousands of lines has a few hundred in the page; older ones come when scrolled up", async ({
  page,
  lab,
  openRun,
}) => {
  lab.data.logs = Array.from({ length: 6000 }, (_, index) => line(index + 1, `line ${index + 1}`));
  await openRun(9, "/log");
  const log = page.getByRole("log");
  await expect(log).toContainText("line 6000");
  expect(await log.locator("p").count()).toBeLessThan(1000);
  await expect(page.getByText("1000 lines. Older ones")).toBeVisible();
  await log.evaluate((box) => {
    box.scrollTop = 0;
  });
  await expect(page.getByText("3000 lines. Older ones")).toBeVisible();
  // Released: a new line does not pull it down.
  lab.publish({ type: "log", runId: 9, lines: [line(6001, "the newest")] });
  await expect(page.getByText("3001 lines.")).toBeVisible();
  await expect(log.getByText("the newest")).toHaveCount(0);
  await page.getByRole("button", { name: "Jump to end" }).click();
  // The box as a whole may reach below the window; within it the end is in sight.
  await page.mouse.wheel(0, 2000);
  await expect(log.getByText("the newest")).toBeInViewport();
  expect(await log.locator("p").count()).toBeLessThan(1000);
});

test("search marks and counts, and steps from hit to hit", async ({ page, lab, openRun }) => {
  lab.data.logs = Array.from({ length: 900 }, (_, index) =>
    line(index + 1, index % 300 === 7 ? "a Needle in the hay" : "hay"),
  );
  await openRun(9, "/log");
  const search = page.getByRole("searchbox", { name: "Search the log" });
  await search.fill("needle");
  await expect(page.getByText("3 lines", { exact: true })).toBeVisible();
  await search.press("Enter");
  await expect(page.getByText("1 of 3")).toBeVisible();
  const log = page.getByRole("log");
  await expect(log.locator("p.current")).toBeInViewport();
  await expect(log.locator("p.current mark")).toHaveText("Needle");
  await search.press("Shift+Enter");
  await expect(page.getByText("3 of 3")).toBeVisible();
  await search.press("Escape");
  await expect(search).toHaveValue("");
});

test("is copied as it is shown", async ({ page, context, openRun }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openRun(9, "/log");
  await page.getByLabel("Level").selectOption("error");
  await page.getByRole("button", { name: "Copy lines" }).click();
  await expect(page.getByText("Copied 1 lines")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("error agent CPUStress is ended");
});
