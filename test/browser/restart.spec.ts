/** A window that stays open while the console is started anew: it says so, recovers by itself, and misses nothing. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { LabHost } from "./lab-host.ts";
import { type RealConsole, startRealConsole } from "./real-console.ts";

let real: RealConsole;
let lab: LabHost;

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async ({ page }) => {
  test.setTimeout(120_000);
  real = await startRealConsole();
  lab = new LabHost(real);
  await lab.register("orion");
  await page.goto(real.consoleUrl);
  const tile = page.getByRole("article").filter({ hasText: "orion" });
  await tile.getByRole("button", { name: "Start…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start", exact: true }).click();
  await expect(page).toHaveURL(/#\/runs\/1$/);
  await lab.bootAndClaim();
});
test.afterEach(() => real.stop());

/** It stands above the screen, which may have something of its own to say of a request that the stop cut short. */
const banner = (page: Page) => page.getByRole("alert").first();

const lines = (page: Page) =>
  page
    .getByRole("log")
    .locator("p")
    .allInnerTexts()
    .then((texts) => texts.map((text) => text.replace(/^.*agent\s+/, "")));

test("banner, stale mark, recovery without a reload, and all that came meanwhile", async ({
  page,
  context,
}) => {
  await page.getByRole("tab", { name: /^Log/ }).click();
  await lab.log("Inventory", "one", "two");
  await expect(page.getByRole("log")).toContainText("two");
  await page.evaluate(() => document.body.setAttribute("data-window", "the same"));

  await real.goDown();
  await expect(banner(page)).toContainText("What you see is stale");
  await expect(page.locator(".run")).toHaveClass(/stale/);
  await expect(page.getByRole("log")).toContainText("two");

  // The agent finds the console again before the window does.
  await context.setOffline(true);
  await real.comeBack();
  await lab.sample("Inventory", "cpu.package.temp[0]", 61.5, "Cel");
  await lab.log("Inventory", "three", "four");
  await lab.pass("Inventory", "1 CPU, 1 DIMM.");
  await lab.log("Firmware", "five");
  await context.setOffline(false);

  await expect(page.locator(".runhead .state")).toContainText("Firmware, stage 2 of 11", {
    timeout: 30_000,
  });
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator(".run")).not.toHaveClass(/stale/);
  await expect.poll(() => lines(page)).toEqual(expect.arrayContaining(["five"]));
  const own = (await lines(page)).filter((text) => /^(one|two|three|four|five)$/.test(text));
  expect(own).toEqual(["one", "two", "three", "four", "five"]);
  await expect(page.locator(".rail > li").first()).toContainText("1 CPU, 1 DIMM.");

  // It is live again, and may do what it may.
  await lab.log("Firmware", "six");
  await expect(page.getByRole("log")).toContainText("six");
  await page.getByRole("tab", { name: /^Graphs/ }).click();
  await expect(page.getByRole("figure", { name: "Temperature" })).toContainText("61.5 °C");
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await expect(page.locator(".runhead .state")).toHaveText("Cancelled");
  await expect(page.locator("body")).toHaveAttribute("data-window", "the same");
  expect(statSync(join(real.dataDir, "session.key")).mode & 0o777).toBe(0o600);
});

test("over another data directory the window is not known, and is told where to go", async ({
  page,
}) => {
  await real.goDown();
  await expect(banner(page)).toContainText("does not answer");
  await real.comeBack({ forgetful: true });
  await expect(banner(page)).toContainText("does not know this window", {
    timeout: 30_000,
  });
  const hosts = await page.evaluate(async () => (await fetch("/api/v1/hosts")).status);
  expect(hosts).toBe(401);
});
