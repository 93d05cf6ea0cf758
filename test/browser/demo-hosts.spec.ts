/** Home on the real console: the demo's hosts as they are tested, found, named and taken in. */
import type { Page } from "@playwright/test";
import { expect, openDemo, RUN_MS, test } from "./open-demo.ts";
import { tile } from "./open-lab.ts";

const demo = openDemo(["orion", "vega", "rigel", "deneb", "new-machine"]);
const NEW_MAC = "02:5e:d0:00:07:00";

const search = (page: Page) => page.getByRole("searchbox", { name: /^Search hosts/ });
const tiles = (page: Page) => page.getByRole("article");
const filters = (page: Page) => page.getByRole("group", { name: "Show only hosts that are" });
/** The hosts as they stand on the screen, by name. */
const inOrder = (page: Page) => page.getByRole("heading", { level: 3 }).getByRole("link");

test("a host that is tested tells its stage, its time left and its sensors, all moving", async ({
  page,
}) => {
  await demo.open(page);
  const orion = tile(page, "orion");
  await expect(orion).toContainText("Simulated Systems SIM-E1");
  await expect(orion).toContainText(/· stage [1-9] of 11/, { timeout: RUN_MS });
  await expect(orion.getByRole("progressbar", { name: "Stages done" })).toBeVisible();
  await expect(orion).toContainText(/\d+ (s|min) left/);
  await expect(orion).toContainText("seen just now");
  const heat = orion.getByTitle(/^cpu\.package\.temp/);
  await expect(heat).toContainText(/^\d+ °C/, { timeout: RUN_MS });
  await expect(orion.getByTitle("system.power")).toContainText(/^\d+ W/, { timeout: RUN_MS });
  const before = await heat.textContent();
  await expect(heat).not.toHaveText(before ?? "", { timeout: RUN_MS });
});

test("a name, a serial or a MAC leads to its host", async ({ page }) => {
  await demo.open(page);
  await page.keyboard.press("/");
  await expect(search(page)).toBeFocused();
  await page.keyboard.type("SIM00005");
  await expect(tiles(page)).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "rigel", exact: true })).toBeFocused();
  await search(page).fill("02:5e:d0:00:02:01");
  await search(page).press("Enter");
  await expect(page.getByRole("link", { name: "vega", exact: true })).toBeFocused();
  await search(page).fill("SIM-R2U");
  await expect(inOrder(page)).toHaveText(["vega", "rigel", "deneb"]);
  await search(page).fill("nothing like this");
  await expect(page.getByRole("heading", { name: "No host matches" })).toBeVisible();
  await page.getByRole("button", { name: "Show all hosts" }).click();
  await expect(tiles(page)).toHaveCount(4);
});

test("a list for many hosts says the same in lines, and the window remembers it", async ({
  page,
}) => {
  await demo.open(page);
  await page.getByRole("button", { name: "List", exact: true }).click();
  const row = (name: string) =>
    page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  await expect(row("orion")).toContainText("Testing");
  await expect(row("orion")).toContainText(/ · \d+ of 11 · /);
  await expect(row("rigel")).toContainText("never vetted");
  await expect(row("rigel")).toContainText("SIM00005");
  await page.reload();
  await expect(row("rigel")).toBeVisible();
  await expect(tiles(page)).toHaveCount(0);
});

test("a machine that only booted from the network is adopted, and told how to come in", async ({
  page,
}) => {
  await demo.open(page);
  await expect(page.getByRole("row").filter({ hasText: NEW_MAC })).toContainText(
    "5e5e5e5e-0000-4000-8000-000000000007",
  );
  await page.getByRole("button", { name: `Adopt ${NEW_MAC}` }).click();
  const dialog = page.getByRole("dialog", { name: "Adopt this machine" });
  await expect(dialog.getByLabel("MAC address")).toHaveValue(NEW_MAC);
  await dialog.getByLabel("Name").fill("nova");
  await dialog.getByRole("button", { name: "Adopt" }).click();
  await expect(tile(page, "nova")).toContainText("Offline");
  await expect(page.getByRole("heading", { name: /^Discovered/ })).toHaveCount(0);
  const start = tile(page, "nova").getByRole("button", { name: "Start…" });
  await expect(start).toHaveAttribute("aria-disabled", "true");
  await start.click({ force: true });
  const hint = page.getByRole("dialog", { name: "nova is offline" });
  await expect(hint).toContainText(`${demo.console.labUrl}/register/quick.sh`);
  await expect(hint.getByRole("button", { name: "Wake or power on by hand…" })).toBeVisible();
});

test("a host is added by the MAC on its label; one that is known is refused in a sentence", async ({
  page,
}) => {
  await demo.open(page);
  await page.getByRole("button", { name: "Add by MAC…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a host by its MAC" });
  await dialog.getByLabel("MAC address").fill("02:5E:D0:00:05:00");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByRole("alert")).toContainText("rigel");
  // The refusal stands in the browser's console too.
  demo.faults.splice(0);
  await dialog.getByLabel("MAC address").fill("02-5E-D0-00-09-00");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog).toHaveCount(0);
  await search(page).fill("02:5e:d0:00:09:00");
  await expect(tiles(page)).toHaveCount(1);
  await expect(tiles(page)).toContainText("Offline");
});

test("name and notes are written, stay, and are found again", async ({ page }) => {
  await demo.open(page);
  await page.getByRole("button", { name: "More for rigel" }).click();
  await page.getByRole("menuitem", { name: "Name, spec and notes…" }).click();
  const dialog = page.getByRole("dialog", { name: "Name, spec and notes of rigel" });
  await expect(dialog).toContainText("SIM00005");
  await dialog.getByLabel("Name").fill("rigel-b");
  await dialog.getByLabel(/^Notes/).fill("DIMM A3 reseated, asset LAB-00417");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(tile(page, "rigel-b")).toBeVisible();
  await page.reload();
  await search(page).fill("LAB-00417");
  await search(page).press("Enter");
  await expect(page.getByRole("link", { name: "rigel-b", exact: true })).toBeFocused();
  await page.getByRole("button", { name: "More for rigel-b" }).click();
  await page.getByRole("menuitem", { name: "Name, spec and notes…" }).click();
  await expect(page.getByLabel(/^Notes/)).toHaveValue("DIMM A3 reseated, asset LAB-00417");
});

test("a hold is said and comes to the front; the filters count what stands where", async ({
  page,
}) => {
  await demo.open(page);
  await expect(tile(page, "vega").getByText("Holding", { exact: true })).toBeVisible({
    timeout: RUN_MS,
  });
  await expect(tile(page, "vega")).toContainText(/cpu\.package\.temp\[\d\] reached/);
  await expect(page).toHaveTitle(/^\(1 holding\)/);
  // orion is tested or has passed, rigel is ready; deneb is switched off, the two others never had a reporter.
  await expect(inOrder(page).nth(0)).toHaveText("vega");
  await expect(inOrder(page).nth(1)).toHaveText("orion");
  await expect(inOrder(page).nth(2)).toHaveText("rigel-b");
  await expect(inOrder(page)).toHaveCount(6);
  await expect(filters(page).getByRole("button", { name: "All 6" })).toBeVisible();
  await filters(page).getByRole("button", { name: "Offline 3" }).click();
  await expect(tiles(page)).toHaveCount(3);
  await expect(tile(page, "deneb")).toBeVisible();
  await filters(page).getByRole("button", { name: "Holding 1" }).click();
  await tile(page, "vega")
    .getByRole("link", { name: /^Open run \d+ of vega$/ })
    .click();
  await expect(page.getByRole("region", { name: "Hold" })).toBeVisible();
});
