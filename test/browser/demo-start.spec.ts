/** The start of a run on the real console: chosen, checked and confirmed by a person, then begun by the demo's hosts. */
import type { Locator, Page } from "@playwright/test";
import { expect, openDemo, RUN_MS, runHead, seeState, test } from "./open-demo.ts";
import { tile } from "./open-lab.ts";

const demo = openDemo(["orion", "rigel", "deneb"]);

const findings = (dialog: Locator) => dialog.getByRole("region", { name: "Before the start" });
/** A profile's card is the label of its radio. */
const profile = (dialog: Locator, name: string) =>
  dialog.getByRole("radio", { name: new RegExp(`^${name}`) });

async function askToStart(page: Page, host: string): Promise<Locator> {
  await demo.open(page);
  await tile(page, host).getByRole("button", { name: "Start…" }).click();
  return page.getByRole("dialog", { name: `Start a run on ${host}` });
}

test("a host that is switched off is woken: the popover leads to it, and the run begins", async ({
  page,
}) => {
  await demo.open(page);
  const deneb = tile(page, "deneb");
  await expect(deneb).toContainText("Offline", { timeout: RUN_MS });
  await deneb.getByRole("button", { name: "Start…" }).click({ force: true });
  const hint = page.getByRole("dialog", { name: "deneb is offline" });
  await hint.getByRole("button", { name: "Wake or power on by hand…" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a run on deneb" });
  await expect(dialog.getByRole("radio", { name: /^Its reporter reboots it/ })).toBeDisabled();
  await expect(dialog.getByRole("radio", { name: /^Wake it over the network/ })).toBeChecked();
  await expect(findings(dialog)).toContainText("/register/quick.sh");
  await dialog.getByRole("button", { name: "Wake or power on by hand" }).click();
  await expect(page).toHaveURL(/#\/runs\/\d+$/);
  await expect(runHead(page)).toContainText("deneb");
  await expect(runHead(page)).toContainText(/stage [1-9] of 11/, { timeout: RUN_MS });
  // Once it has booted, how it did is folded away.
  await page.getByRole("heading", { name: "Network boot" }).click();
  await expect(page.getByRole("list", { name: /^Boot of/ })).toContainText("claimed the run");
});

test("by keyboard: profile, after a pass, operator and ticket, and the run says them all", async ({
  page,
}) => {
  await demo.open(page);
  await tile(page, "rigel").getByRole("button", { name: "Start…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start a run on rigel" });
  await expect(profile(dialog, "quick")).toBeFocused();
  const card = dialog.getByRole("group", { name: "Profile" });
  await expect(card).toContainText("what it sets; this host has not run it yet");
  await expect(card).toContainText("processors 2 s, then memory 2 s");
  await page.keyboard.press("ArrowDown");
  await expect(profile(dialog, "deep")).toBeChecked();
  await dialog.getByRole("radio", { name: "Reboot into its own system" }).check();
  await dialog.getByLabel("Operator").fill("A. Bench");
  await dialog.getByLabel("Ticket").fill("LAB-9");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/runs\/\d+$/);
  const head = runHead(page);
  await expect(head).toContainText("deep");
  await expect(head).toContainText("non-destructive");
  await expect(head).toContainText("by A. Bench");
  await expect(head).toContainText("ticket LAB-9");
  await expect(head).toContainText("after a pass: reboot");
  // Its disks are known from here on.
  await expect(head).toContainText(/stage [2-9] of 11/, { timeout: RUN_MS });
  await page.getByRole("button", { name: "Cancel…" }).click();
  await expect(page.getByRole("dialog")).toContainText("no disk is written to");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await seeState(page, "Cancelled");
  // The window remembers who works at it; the ticket is each run's own.
  await page.getByRole("navigation").getByRole("link", { name: "Hosts" }).click();
  await expect(tile(page, "rigel")).toContainText("Ready", { timeout: RUN_MS });
  await tile(page, "rigel").getByRole("button", { name: "Start…" }).click();
  await expect(dialog.getByLabel("Operator")).toHaveValue("A. Bench");
  await expect(dialog.getByLabel("Ticket")).toHaveValue("");
});

test("a destructive run shows the disks and asks for the host's name before it begins", async ({
  page,
}) => {
  const dialog = await askToStart(page, "rigel");
  await dialog.getByLabel("Non-destructive").uncheck();
  const bay = dialog.getByRole("row").filter({ hasText: "SIMHD0500" });
  await expect(bay).toContainText("SIMDISK HD8000");
  await expect(bay).toContainText("8 TB");
  await expect(bay).toContainText("written over");
  await expect(dialog.getByRole("table").getByRole("row")).toHaveCount(4);
  const start = dialog.getByRole("button", { name: "Overwrite disks and start" });
  await expect(start).toHaveAttribute("aria-disabled", "true");
  await start.click({ force: true });
  const name = dialog.getByLabel("Type rigel to confirm");
  await expect(name).toBeFocused();
  await expect(dialog.getByRole("alert")).toContainText("only after rigel was typed");
  await name.fill("rige");
  await start.click({ force: true });
  await expect(dialog).toBeVisible();
  await name.fill("rigel");
  await start.click();
  const head = runHead(page);
  await expect(head.getByText("destructive", { exact: true })).toBeVisible();
  await expect(head).toContainText(/stage [1-9] of 11/, { timeout: RUN_MS });
  await page.getByRole("button", { name: "Cancel…" }).click();
  const cancel = page.getByRole("dialog");
  await expect(cancel).toContainText("may leave disks in an intermediate state");
  await cancel.getByRole("button", { name: "Cancel the run" }).click();
  await seeState(page, "Cancelled");
});

test("what its own past says: the time that it took, and what was left out", async ({ page }) => {
  await demo.open(page);
  await expect(tile(page, "orion").getByText("Pass with gaps", { exact: true })).toBeVisible({
    timeout: RUN_MS,
  });
  await expect(tile(page, "orion").getByRole("button", { name: "Start…" })).toBeEnabled();
  const dialog = await askToStart(page, "orion");
  const profiles = dialog.getByRole("group", { name: "Profile" });
  await expect(profiles).toContainText(/about .+ on this host/);
  await expect(profiles).toContainText("its last run took that long");
  const found = findings(dialog).getByRole("listitem");
  await expect(found.first()).toContainText("Warning");
  await expect(found.last()).toContainText("To know");
  await expect(found.last()).toContainText("memory beyond 0.5 GiB");
});

test("a run that begins elsewhere meanwhile stands in the way, and the start says so", async ({
  page,
}) => {
  const orion = page.getByRole("dialog", { name: "Start a run on orion" });
  await expect(await askToStart(page, "orion")).toBeVisible();
  await expect(orion.getByRole("button", { name: "Start", exact: true })).toBeEnabled();
  await demo.console.post("hosts/1/runs", {
    ...{ profile: "quick", nonDestructive: true, start: "reporter", afterPass: "reboot" },
  });
  await expect(findings(orion).getByRole("listitem").first()).toContainText("In the way");
  await orion.getByRole("button", { name: "Start", exact: true }).click({ force: true });
  await expect(findings(orion)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(orion).toHaveCount(0);
});
