/** The checks screen over the real console: choosing the lab interface on the first run, and each check with its mend. */
import { expect, test } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { type RealConsole, startRealConsole } from "./real-console.ts";

let first: RealConsole;
let faults: string[];

test.beforeAll(async () => {
  await buildPage();
});
test.beforeEach(async ({ page }) => {
  first = await startRealConsole({ labAddress: null });
  faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
});
test.afterEach(async () => {
  await first.stop();
  expect(faults).toEqual([]);
});

test("a new console begins at the checks, and the lab is opened with one choice", async ({
  page,
}) => {
  await page.goto(first.consoleUrl);
  await expect(page).toHaveURL(/#\/checks$/);
  await expect(page.getByRole("heading", { name: "Choose the lab interface" })).toBeVisible();
  await expect(page.getByRole("banner").first()).toContainText("no address");
  // The likeliest is chosen already.
  const choices = page.getByRole("radio");
  await expect(choices.first()).toBeChecked();
  await page.getByRole("radio", { name: /^lo 127\.0\.0\.1/ }).check();
  await expect(page.getByText("this machine only: no host can reach it").first()).toBeVisible();
  await page.getByRole("button", { name: "Use this interface" }).press("Enter");
  const lab = page.getByRole("region", { name: "The lab" });
  await expect(lab.getByText(/^http:\/\/127\.0\.0\.1:\d+$/)).toBeVisible({ timeout: 20_000 });
  await expect(lab).toContainText(/Lab listener TCP \d+/);
  await expect(page.getByRole("banner").first()).toContainText("127.0.0.1");
  const url = await lab.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent();
  const script = await fetch(`${url?.trim()}/boot.ipxe?mac=52:54:00:12:34:56`);
  expect(await script.text()).toContain("#!ipxe");
  // The hosts teach the next step with the new address, and a visit there is no longer led away.
  await page.getByRole("link", { name: "To the hosts" }).click();
  await expect(page.getByText(`curl -fsSL ${url?.trim()}/register/quick.sh`)).toBeVisible();
});

test("each check is a row with its word, and the mend can be copied", async ({ page }) => {
  await page.goto(`${first.consoleUrl}#/checks`);
  const rows = page.getByRole("region", { name: "Checks of this console" }).getByRole("listitem");
  await expect(rows).toHaveCount(18);
  await expect(rows.first()).toContainText("In the way");
  const address = rows.filter({
    has: page.getByRole("button", { name: "Copy the mend for Lab address" }),
  });
  await expect(address).toContainText("No lab address is set");
  const words = await rows.locator(".badge").allInnerTexts();
  const order = ["In the way", "Warning", "In order"];
  const ranks = words.map((word) => order.indexOf(word.trim()));
  expect(ranks).not.toContain(-1);
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
});

test("Check again says that it is at work, and when it was last looked", async ({ page }) => {
  await page.goto(`${first.consoleUrl}#/checks`);
  await expect(page.getByText(/^checked .*(ago|now)$/)).toBeVisible();
  const again = page.getByRole("button", { name: "Check again" });
  // Held back until the page was seen at work.
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/doctor?fresh=1", async (route) => {
    await held;
    await route.continue();
  });
  await again.click();
  await expect(page.getByRole("progressbar", { name: "Checks" })).toBeVisible();
  await expect(again).toHaveAttribute("aria-busy", "true");
  release();
  await expect(page.getByText("checked just now")).toBeVisible({ timeout: 20_000 });
});

test("an address that cannot be taken is refused with the sentence, and stays", async ({
  page,
}) => {
  await page.goto(`${first.consoleUrl}#/checks`);
  await page.route("**/api/v1/lab", (route) =>
    route.continue({ postData: JSON.stringify({ address: "192.0.2.77" }) }),
  );
  await page.getByRole("button", { name: "Use this interface" }).click();
  await expect(page.getByRole("alert")).toContainText("192.0.2.77 is on no interface");
  await expect(page.getByRole("heading", { name: "Choose the lab interface" })).toBeVisible();
});

test("the hosts screen shows one line while something is in the way, and leads here", async ({
  page,
}) => {
  await page.goto(first.consoleUrl);
  await expect(page).toHaveURL(/#\/checks$/);
  await page.getByRole("link", { name: "Hosts" }).click();
  await expect(page.getByRole("heading", { name: "Hosts", exact: true })).toBeVisible();
  const strip = page.getByRole("region", { name: "Checks of this console" });
  await expect(strip).toContainText("Lab address");
  await strip.getByRole("link", { name: "What to do" }).click();
  await expect(page).toHaveURL(/#\/checks$/);
});
