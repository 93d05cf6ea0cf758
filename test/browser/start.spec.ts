/** The start of a run: what it does, what it costs, what stands in the way. */
import type { Page } from "@playwright/test";
import { expect, test } from "./lab-test.ts";

const open = async (page: Page, host: string, button = "Start…") => {
  const tile = page.getByRole("article").filter({ hasText: host });
  await tile.getByRole("button", { name: button }).click();
  return page.getByRole("dialog");
};

test("profiles say what they are for, how long they take here and on what that stands", async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  const card = (name: string) => dialog.locator(".cards .choice").filter({ hasText: name });
  await expect(card("quick")).toContainText("about 21 min 21 on this host");
  await expect(card("quick")).toContainText("median of 3 runs");
  await expect(card("quick")).toContainText("processors 3 min 00, then memory 3 min 00");
  await expect(card("deep")).toContainText("at least 1 d 15 h");
  await expect(card("deep")).toContainText("this host has not run it yet");
});

test("what stands in the way is told before the start, worst first", async ({ page, lab }) => {
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  const findings = dialog.getByRole("region", { name: "Before the start" });
  await expect(findings.getByRole("listitem")).toHaveCount(2);
  await expect(findings.getByRole("listitem").first()).toContainText("Warning");
  await expect(findings.getByRole("listitem").first()).toContainText(
    "bios is 2.10.0, pinned to 2.19.1",
  );
  await expect(findings.getByRole("listitem").last()).toContainText("ECC counters");
});

test("a run is started by keyboard alone, and the operator is remembered", async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  await page
    .getByRole("article")
    .filter({ hasText: "altair" })
    .getByRole("button", { name: "Start…" })
    .focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start a run on altair" });
  await expect(dialog.getByRole("radio", { name: /^quick/ })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio", { name: /^deep/ })).toBeChecked();
  await dialog.getByLabel("Operator").fill("A. Bench");
  await dialog.getByLabel("Ticket").fill("LAB-9");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/runs\/10/);
  expect(lab.posts).toEqual([
    {
      path: "hosts/4/runs",
      body: {
        profile: "deep",
        nonDestructive: true,
        start: "reporter",
        afterPass: "power_off",
        operator: "A. Bench",
        ticket: "LAB-9",
      },
    },
  ]);
  await page.goto(`${lab.url}#/`);
  await page.reload();
  const again = await open(page, "polaris");
  await expect(again.getByLabel("Operator")).toHaveValue("A. Bench");
  await expect(again.getByLabel("Ticket")).toHaveValue("");
});

test("a destructive run names the disks, and the name that is missing gets the focus", async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  await dialog.getByLabel("Non-destructive").uncheck();
  const sda = dialog.getByRole("row").filter({ hasText: "W4716D0B" });
  await expect(sda).toContainText("ST1000NX0423");
  await expect(sda).toContainText("1 TB");
  await expect(sda).toContainText("written over");
  await expect(dialog.getByRole("row").filter({ hasText: "S439NA0M501234" })).toContainText(
    "left alone while it is in use: mounted on /",
  );
  const start = dialog.getByRole("button", { name: "Overwrite disks and start" });
  await start.click({ force: true });
  const name = dialog.getByLabel("Type altair to confirm");
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByRole("alert")).toContainText("only after altair was typed");
  await name.fill("alta");
  await start.click({ force: true });
  expect(lab.posts).toEqual([]);
  await name.fill("altair");
  await start.click();
  await expect(page).toHaveURL(/#\/runs\/10/);
  expect(lab.posts[0]?.body).toMatchObject({ nonDestructive: false });
});

test("a host without a reporter is woken or powered on by hand, and the command brings it in", async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  // What opens it on a host that is offline is up to the tile; here the live stream takes the reporter away.
  const dialog = await open(page, "altair");
  const host = lab.data.hosts.find(({ name }) => name === "altair");
  const offline = { ...host!, online: false };
  lab.data.hosts = lab.data.hosts.map((one) => (one.id === offline.id ? offline : one));
  lab.publish({ type: "host", host: offline });
  await expect(dialog.getByLabel("Its reporter reboots it")).toBeDisabled();
  await expect(dialog.getByLabel(/Wake it over the network/)).toBeChecked();
  await expect(dialog).toContainText("http://192.0.2.10:8421/register/quick.sh");
  await dialog.getByRole("button", { name: "Wake or power on by hand" }).click();
  await expect(page).toHaveURL(/#\/runs\/10/);
  expect(lab.posts[0]?.body).toMatchObject({ start: "wake" });
});

test("what refuses a start gets the focus instead of a refusal", async ({ page, lab }) => {
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  const host = lab.data.hosts.find(({ name }) => name === "altair");
  const run = { ...lab.data.runs[1]!, id: 12, hostId: 4, hostName: "altair" };
  const held = { ...host!, run };
  lab.data.hosts = lab.data.hosts.map((one) => (one.id === 4 ? held : one));
  lab.publish({ type: "host", host: held });
  const findings = dialog.getByRole("region", { name: "Before the start" });
  await expect(findings.getByRole("listitem").first()).toContainText("In the way");
  await dialog.getByRole("button", { name: "Start", exact: true }).click({ force: true });
  await expect(findings).toBeFocused();
  expect(lab.posts).toEqual([]);
});

test("the server's refusal is shown in place and focused; Escape gives the focus back", async ({
  page,
  lab,
  faults,
}) => {
  lab.data.hosts = lab.data.hosts.map((one) => (one.id === 4 ? { ...one, name: "busy" } : one));
  await page.goto(lab.url);
  const dialog = await open(page, "busy");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveText(
    "busy is occupied by run 8, which holds in CPUStress.",
  );
  await expect(page.locator(":focus")).toContainText("busy is occupied by run 8");
  faults.splice(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const tile = page.getByRole("article").filter({ hasText: "busy" });
  await expect(tile.getByRole("button", { name: "Start…" })).toBeFocused();
});
