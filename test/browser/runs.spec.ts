/** The history in states that the demo does not come to; demo-history.spec.ts has the rest. */
import type { Page } from "@playwright/test";
import { at, detail, runningRun, summaryOf } from "../fakes/console-data.ts";
import { expect, test } from "./lab-test.ts";

const rows = (page: Page) => page.getByRole("table", { name: /Runs/ }).locator("tbody tr");
const row = (page: Page, run: number) =>
  rows(page).filter({ has: page.getByRole("link", { name: `Run ${run}`, exact: true }) });

test("is filtered by day, in the reader's own calendar", async ({ page, lab }) => {
  lab.data.runs = [
    detail({ id: 1, createdAt: new Date(2026, 2, 1, 23, 59).toISOString() }),
    detail({ id: 2, createdAt: new Date(2026, 2, 2, 0, 1).toISOString() }),
    detail({ id: 3, createdAt: new Date(2026, 2, 3, 0, 1).toISOString() }),
  ];
  await page.goto(`${lab.url}#/runs`);
  await expect(rows(page)).toHaveCount(3);
  await page.getByLabel("From", { exact: true }).fill("2026-03-02");
  await expect(rows(page)).toHaveCount(2);
  await page.getByLabel("To", { exact: true }).fill("2026-03-02");
  await expect(rows(page)).toHaveCount(1);
  await expect(row(page, 2)).toBeVisible();
});

test("shows older runs when asked", async ({ page, lab }) => {
  lab.data.runs = Array.from({ length: 70 }, (_, index) =>
    detail({ id: index + 1, createdAt: at(index) }),
  );
  await page.goto(`${lab.url}#/runs`);
  await expect(rows(page)).toHaveCount(50);
  await expect(page.getByText("50 runs shown, there are older ones")).toBeVisible();
  await page.getByRole("button", { name: "Show older runs" }).click();
  await expect(rows(page)).toHaveCount(70);
  await expect(page.getByRole("button", { name: "Show older runs" })).toHaveCount(0);
});

test("goes on by itself: a run changes, a new one comes, one that fits no more leaves", async ({
  page,
  lab,
}) => {
  await page.goto(`${lab.url}#/runs?state=Storage`);
  await expect(rows(page)).toHaveCount(1);
  const more = summaryOf(runningRun({ id: 10, hostId: 4, hostName: "altair" }));
  lab.publish({ type: "run", run: more });
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("altair");
  lab.publish({ type: "run", run: { ...more, state: "Network" } });
  await expect(rows(page)).toHaveCount(1);
  await page.goto(`${lab.url}#/runs`);
  await expect(row(page, 9)).toContainText("Testing");
  const failed = { state: "FailedHolding", verdict: "fail", failedStage: "Storage" } as const;
  lab.publish({ type: "run", run: { ...summaryOf(runningRun()), ...failed } });
  await expect(row(page, 9)).toContainText("Holding");
  await expect(row(page, 9)).toContainText("Fail");
});

test("two runs can be chosen and no third", async ({ page, lab }) => {
  await page.goto(`${lab.url}#/runs`);
  const box = (name: string) => page.getByRole("checkbox", { name });
  await box("Compare run 8 of orion").check();
  const bar = page.getByRole("region", { name: "Compare two runs" });
  await expect(bar.getByRole("button", { name: "Compare" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await box("Compare run 6 of vega").check();
  await expect(box("Compare run 9 of rigel")).toBeDisabled();
});

test("without any run it teaches how to start one", async ({ page, lab }) => {
  lab.data.runs = [];
  await page.goto(`${lab.url}#/runs`);
  await expect(page.getByRole("heading", { name: "No run yet" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "hosts" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
});
