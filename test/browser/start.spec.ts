/** The start of a run in states that the demo does not come to; demo-start.spec.ts has the rest. */
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

test("a disk that is in use is said to be left alone, and why", async ({ page, lab }) => {
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  await dialog.getByLabel("Non-destructive").uncheck();
  const row = (serial: string) => dialog.getByRole("row").filter({ hasText: serial });
  await expect(row("W4716D0B")).toContainText("written over");
  await expect(row("S439NA0M501234")).toContainText("left alone while it is in use: mounted on /");
});

test("opened before the profiles have come, the dialog begins at them all the same", async ({
  page,
  lab,
}) => {
  const asked = Promise.withResolvers<void>();
  await page.route("**/api/v1/profiles", async (route) => {
    await asked.promise;
    await route.continue();
  });
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  await expect(dialog).toContainText("Fetching the profiles…");
  asked.resolve();
  await expect(dialog.getByRole("radio", { name: /^quick/ })).toBeFocused();
});

test("profiles that come late leave the focus where a person has put it", async ({ page, lab }) => {
  const asked = Promise.withResolvers<void>();
  await page.route("**/api/v1/profiles", async (route) => {
    await asked.promise;
    await route.continue();
  });
  await page.goto(lab.url);
  const dialog = await open(page, "altair");
  const ticket = dialog.getByLabel("Ticket");
  await ticket.pressSequentially("OPS");
  asked.resolve();
  await expect(dialog.getByRole("radio", { name: /^quick/ })).toBeVisible();
  await page.keyboard.type("-7");
  await expect(ticket).toHaveValue("OPS-7");
  await expect(ticket).toBeFocused();
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
    "busy is occupied by run 8, which holds in CPU and memory.",
  );
  await expect(page.locator(":focus")).toContainText("busy is occupied by run 8");
  faults.splice(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const tile = page.getByRole("article").filter({ hasText: "busy" });
  await expect(tile.getByRole("button", { name: "Start…" })).toBeFocused();
});
