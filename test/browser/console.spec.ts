/** The page on the console itself: a host comes in, is tested for a while, and is cancelled. */
import { expect, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { watchFaults } from "./page-faults.ts";
import { type RealConsole, startRealConsole } from "./real-console.ts";

let real: RealConsole;
test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async () => {
  real = await startRealConsole();
});
test.afterEach(() => real.stop());

async function post<T>(path: string, body: unknown, token?: string): Promise<T> {
  const response = await fetch(new URL(path, real.labUrl), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path}: ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

test("from the reporter's first word to a cancel in mid-run, all seen live", async ({ page }) => {
  const faults = watchFaults(page);
  await page.goto(real.consoleUrl);
  await expect(page.getByText("No host yet")).toBeVisible();
  expect(page.url()).not.toContain("token");

  const mac = "52:54:00:12:34:56";
  const host = { hostname: "orion", macs: [mac], os: "Debian", reporterVersion: "0.1.0" };
  const { reporterToken } = await post<{ reporterToken: string }>(
    "/api/reporter/v1/register",
    host,
  );
  const beat = () =>
    post<{ command: string }>(
      "/api/reporter/v1/heartbeat",
      { bootId: "os-boot", uptimeSeconds: 60 },
      reporterToken,
    );
  await beat();
  const tile = page.getByRole("article").filter({ hasText: "orion" });
  await expect(tile.locator(".state")).toHaveText("Ready");

  await tile.getByRole("button", { name: "Start…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start", exact: true }).click();
  const state = page.locator(".runhead .state");
  await expect(state).toHaveText(/Queued|Rebooting/);
  await expect.poll(async () => (await beat()).command).toBe("reboot_for_vetting");
  await expect(state).toHaveText("Rebooting");

  const script = await (await fetch(new URL(`/boot.ipxe?mac=${mac}`, real.labUrl))).text();
  const bootToken = /vetting\.boot=(\S+)/.exec(script)?.[1];
  await expect(state).toHaveText("Booting");
  const { runToken } = await post<{ runToken: string }>("/api/agent/v1/claim", {
    bootToken,
    mac,
    bootId: "live-boot",
    agentVersion: "0.1.0",
  });
  await expect(state).toContainText("Inventory, stage 1 of 11");

  const t = new Date().toISOString();
  const sample = { stage: "Inventory", t, sensor: "cpu.package.temp[0]", value: 61.5, unit: "Cel" };
  await post("/api/agent/v1/sensor", { samples: [{ sequence: 1, ...sample }] }, runToken);
  const line = { stage: "Inventory", t, level: "info", source: "agent", text: "dmidecode <ran>" };
  await post("/api/agent/v1/log", { lines: [{ sequence: 2, ...line }] }, runToken);
  await expect(page.getByRole("figure", { name: "Temperature" })).toContainText("61.5 °C");
  await page.getByRole("tab", { name: "Log" }).click();
  await expect(page.getByRole("log")).toContainText("dmidecode <ran>");

  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await expect(state).toHaveText("Cancelled");
  const { cmd } = await post<{ cmd: string }>(
    "/api/agent/v1/heartbeat",
    { bootId: "live-boot", stage: "Inventory" },
    runToken,
  );
  expect(cmd).toBe("cancel_stage");

  await page.getByRole("tab", { name: "Report" }).click();
  const preview = page.frameLocator("iframe");
  await expect(preview.getByRole("heading", { level: 1 })).toHaveText("Incomplete");
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open the report" }).click();
  const report = await opened;
  await expect(report.getByRole("heading", { level: 1 })).toHaveText("Incomplete");
  await expect(report.locator(".stages > li")).toHaveCount(11);
  expect(faults).toEqual([]);
});
