/** Screens are fetched after the first one: they open while the console is away, and one that is lost says so. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";

let lab: FakeConsole;

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async () => {
  lab = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
});
test.afterEach(async () => {
  await lab.stop();
});

test("a screen that was never shown opens while the console is away", async ({ page }) => {
  const fetched = page.waitForResponse(/settings-page-.*\.js/);
  await page.goto(lab.url);
  await fetched;
  await lab.stop();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
});

test("a screen that cannot be fetched says why; every other opens, and so does it after a reload", async ({
  page,
}) => {
  await page.route(/settings-page-.*\.js/, (route) => route.abort());
  await page.goto(`${lab.url}#/settings`);
  const heading = page.getByRole("heading", { level: 1, name: "This screen could not be shown" });
  await expect(heading).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("settings-page");
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await page.goBack();
  await expect(heading).toBeVisible();
  await page.unroute(/settings-page-.*\.js/);
  await page.getByRole("button", { name: "Reload the page" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});
