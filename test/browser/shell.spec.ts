/** What lies around the screens: keys, help, themes, messages, alerts, the bar. */
import { expect, type Page, test } from "@playwright/test";
import { runningRun, summary, summaryOf } from "../fakes/console-data.ts";
import { openLab, tile } from "./open-lab.ts";

const lab = openLab();
/** As hands type; without the pause it would be a scanner. */
const press = (page: Page, keys: string) => page.keyboard.type(keys, { delay: 80 });

test("g and a letter go to a screen, whose heading gets the focus and whose name the window", async ({
  page,
}) => {
  await lab.open(page);
  for (const [keys, address, name] of [
    ["gr", "#/runs", "Runs"],
    ["gs", "#/settings", "Settings"],
    ["gc", "#/checks", "Checks"],
    ["gh", "#/", "Hosts"],
  ] as const) {
    await press(page, keys);
    await expect(page).toHaveURL(new RegExp(`${address.replace("#", "#")}$`));
    await expect(page).toHaveTitle(`(1 holding) ${name} – Vetting`);
    await expect(page.getByRole("navigation").getByRole("link", { name })).toHaveAttribute(
      "aria-current",
      "page",
    );
    await expect(page.locator("main h1, main").and(page.locator(":focus"))).toHaveCount(1);
  }
});

test("the first Tab offers to skip the bar", async ({ page }) => {
  await lab.open(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Skip to the screen" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("keys are text in a field and nothing under a dialog", async ({ page }) => {
  await lab.open(page);
  await press(page, "/");
  const search = page.getByRole("searchbox", { name: /^Search hosts/ });
  await expect(search).toBeFocused();
  await press(page, "gr?/");
  await expect(search).toHaveValue("gr?/");
  await page.keyboard.press("Escape");
  await expect(search).toHaveValue("");
  await tile(page, "altair").getByRole("button", { name: "Start…" }).click();
  await press(page, "gr");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page).toHaveURL(/\/(#\/)?$/);
});

test("/ on a screen without a search goes to that of the hosts", async ({ page }) => {
  await lab.open(page, "#/checks");
  await press(page, "/");
  await expect(page).toHaveURL(/#\/$/);
  await expect(page.getByRole("searchbox", { name: /^Search hosts/ })).toBeFocused();
});

test("? shows every key there is; Escape closes it and gives the focus back", async ({ page }) => {
  await lab.open(page);
  const start = tile(page, "altair").getByRole("button", { name: "Start…" });
  await start.focus();
  await press(page, "?");
  const help = page.getByRole("dialog", { name: "Keyboard and scanner" });
  await expect(help).toContainText("Go to the runs");
  await expect(help).toContainText("A scanned label goes to its host, from any screen");
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await expect(start).toBeFocused();
});

test("colours follow the system until one is chosen, which the window remembers", async ({
  page,
}) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  await lab.open(page);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.getByRole("button", { name: "View" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect.poll(ground).toBe(dark);
  await page.reload();
  await expect.poll(ground).toBe(dark);
  await page.getByRole("button", { name: "View" }).click();
  await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeChecked();
  await page.getByRole("menuitemradio", { name: "As the system" }).click();
  await expect.poll(ground).toBe(light);
});

test("a run that comes to hold is told aloud, stays told, and leads to the run", async ({
  page,
}) => {
  await lab.open(page);
  await tile(page, "rigel").waitFor();
  await expect(page.getByRole("alert")).toHaveCount(0);
  const reason = "sda: 3 reallocated sectors; the limit is 0.";
  const held = { ...summaryOf(runningRun()), state: "FailedHolding", reason } as const;
  lab.console.publish({ type: "run", run: { ...held, verdict: "fail", failedStage: "Storage" } });
  await expect(page.getByRole("alert")).toContainText("rigel: Holding");
  await expect(page).toHaveTitle("(2 holding) Hosts – Vetting");
  await expect(page.getByRole("banner")).toContainText("2 holding");
  const messages = page.getByRole("region", { name: "Notifications" });
  await expect(messages).toContainText(reason);
  await page.keyboard.press("F6");
  await expect(messages).toBeFocused();
  await messages.getByRole("link", { name: "Open the run" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/runs\/9$/);
  await expect(messages).not.toContainText(reason);
});

test("what already held is not told, and a console that comes back tells nothing twice", async ({
  page,
}) => {
  await lab.open(page);
  const passed = summary({
    id: 40,
    hostId: 4,
    hostName: "altair",
    stateSince: "2026-03-02T11:00:00.000Z",
  });
  await tile(page, "altair").waitFor();
  await lab.console.stop();
  await expect(page.getByRole("alert")).toContainText("The console does not answer");
  // It ended while nobody could hear of it.
  lab.console.data.hosts = lab.console.data.hosts.map((one) =>
    one.id === 4 ? { ...one, run: passed } : one,
  );
  await lab.console.restart();
  const messages = page.getByRole("region", { name: "Notifications" });
  await expect(messages).toContainText("altair: Passed", { timeout: 20_000 });
  await expect(messages).not.toContainText("orion");
  await messages.getByRole("button", { name: "Dismiss: altair: Passed" }).click();
  await expect(messages).not.toContainText("altair");
  lab.console.publish({ type: "resync" });
  lab.console.publish({ type: "notice", level: "error", text: "A sentence after the resync." });
  await expect(messages).toContainText("A sentence after the resync.");
  await expect(messages).not.toContainText("altair");
});

test("what lies under messages that stay can be scrolled out from there", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await lab.open(page);
  await tile(page, "altair").waitFor();
  for (const text of ["One.", "Two.", "Three."])
    lab.console.publish({ type: "notice", level: "error", text });
  const messages = page.getByRole("region", { name: "Notifications" });
  await expect(messages.getByRole("group")).toHaveCount(3);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  const gap = () =>
    page.evaluate(() => {
      const [last, toasts] = [
        document.querySelector("main > :last-child"),
        document.querySelector(".toasts"),
      ];
      return (
        (toasts?.getBoundingClientRect().top ?? 0) - (last?.getBoundingClientRect().bottom ?? 0)
      );
    });
  await expect.poll(gap).toBeGreaterThanOrEqual(0);
  await messages.getByRole("button", { name: "Dismiss all 3" }).click();
  await expect.poll(gap).toBeLessThan(200);
});

test("notifications are asked for by a press alone, and a click on one leads to the run", async ({
  page,
}) => {
  await page.addInitScript(() => {
    const seen: { title: string; body: string }[] = [];
    class Fake {
      static permission = "default";
      static asked = 0;
      static requestPermission() {
        Fake.asked += 1;
        Fake.permission = "granted";
        return Promise.resolve("granted");
      }
      onclick: (() => void) | null = null;
      constructor(title: string, options: { body: string }) {
        seen.push({ title, body: options.body });
        Object.assign(window, { lastNotification: this });
      }
      close() {}
    }
    Object.assign(window, { Notification: Fake, notificationsSeen: seen });
  });
  await lab.open(page);
  await tile(page, "rigel").waitFor();
  const asked = () =>
    page.evaluate(
      () => (window as never as { Notification: { asked: number } }).Notification.asked,
    );
  expect(await asked()).toBe(0);
  await press(page, "?");
  await page.getByRole("button", { name: "Allow notifications…" }).click();
  await expect(page.getByRole("dialog")).toContainText("The system notifies you");
  expect(await asked()).toBe(1);
  await page.keyboard.press("Escape");
  const ended = summary({
    id: 9,
    hostId: 2,
    hostName: "rigel",
    stateSince: "2026-03-02T12:00:00.000Z",
  });
  lab.console.publish({ type: "run", run: ended });
  await expect
    .poll(() =>
      page.evaluate(() => (window as never as { notificationsSeen: unknown }).notificationsSeen),
    )
    .toEqual([{ title: "rigel: Passed", body: "Run 9, profile quick." }]);
  await page.evaluate(() =>
    (window as never as { lastNotification: { onclick(): void } }).lastNotification.onclick(),
  );
  await expect(page).toHaveURL(/#\/runs\/9$/);
});

test("the desktop window is notified, badged and obeyed instead", async ({ page }) => {
  await page.addInitScript(() => {
    const calls: unknown[] = [];
    let open: ((runId: number) => void) | undefined;
    Object.assign(window, {
      calls,
      openRun: (runId: number) => open?.(runId),
      vetting: {
        version: "0.1.0",
        notify: (notification: unknown) => calls.push(notification),
        onOpenRun: (callback: (runId: number) => void) => {
          open = callback;
          return () => {};
        },
        saveReport: () => Promise.resolve({ kind: "cancelled" }),
        setBadge: (count: number) => calls.push(count),
      },
    });
  });
  await lab.open(page);
  const calls = () => page.evaluate(() => (window as never as { calls: unknown[] }).calls);
  await expect.poll(calls).toEqual([1]);
  const held = { ...summaryOf(runningRun()), state: "FailedHolding", verdict: "fail" } as const;
  lab.console.publish({ type: "run", run: { ...held, failedStage: "Storage" } });
  await expect
    .poll(calls)
    .toEqual([
      1,
      { title: "rigel: Holding", body: "Run 9, profile quick in Storage.", runId: 9 },
      2,
    ]);
  await page.evaluate(() => (window as never as { openRun(id: number): void }).openRun(8));
  await expect(page).toHaveURL(/#\/runs\/8$/);
});

test("sounds are off until they are turned on, then each alert has its own", async ({ page }) => {
  await page.addInitScript(() => {
    const played: number[] = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      played.push(this.frequency.value);
      start.call(this, when);
    };
    Object.assign(window, { played });
  });
  await lab.open(page);
  const played = () => page.evaluate(() => (window as never as { played: number[] }).played);
  const failed = summary({
    id: 9,
    hostId: 2,
    hostName: "rigel",
    state: "Failed",
    verdict: "incomplete",
  });
  await tile(page, "rigel").waitFor();
  lab.console.publish({ type: "run", run: failed });
  await expect(page.getByRole("alert")).toContainText("rigel: Could not begin");
  expect(await played()).toEqual([]);
  await page.getByRole("button", { name: "View" }).click();
  await page.getByRole("menuitemcheckbox", { name: /^Sound/ }).click();
  const pass = [523, 659, 784];
  await expect.poll(played).toEqual(pass);
  lab.console.publish({ type: "run", run: { ...failed, id: 10 } });
  await expect.poll(played).toEqual([...pass, 440, 330, 220]);
});

test("the bar tells how the lab stands and leads to the checks", async ({ page }) => {
  await lab.open(page);
  const state = page.getByRole("banner").getByRole("link", { name: /^Lab/ });
  await expect(state).toContainText("http://192.0.2.10:8421");
  await expect(state).toContainText("ProxyDHCP runs");
  await expect(state).toContainText("1 in the way");
  await state.click();
  await expect(page).toHaveURL(/#\/checks$/);
});
