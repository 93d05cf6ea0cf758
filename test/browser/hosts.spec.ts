/** Home by arrow keys and by scanner, with 200 hosts, and after an hour of silence; demo-hosts.spec.ts has the rest. */
import { expect, type Page, test } from "@playwright/test";
import { host } from "../fakes/console-data.ts";
import { openLab, tile } from "./open-lab.ts";

const lab = openLab();
const search = (page: Page) => page.getByRole("searchbox", { name: /^Search hosts/ });
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

/** As a scanner types: a few milliseconds between the keys, Enter at the end. */
async function scan(page: Page, code: string): Promise<void> {
  await page.evaluate((text) => {
    for (const key of [...text, "Enter"]) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      (document.activeElement ?? document.body).dispatchEvent(event);
    }
  }, code);
}

test("arrows go from tile to tile as they stand, Enter opens the run, back comes back", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await lab.open(page);
  await tile(page, "orion").waitFor();
  await page.keyboard.press("ArrowRight");
  await expect(link(page, "orion")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(link(page, "polaris")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(link(page, "vega")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(link(page, "rigel")).toBeFocused();
  await page.keyboard.press("End");
  await expect(link(page, "deneb")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/runs\/8$/);
  await expect(page).toHaveTitle("(1 holding) orion: Holding, run 8 – Vetting");
  await page.goBack();
  await expect(page.getByRole("article")).toHaveCount(6);
});

test("a scanned label leads to its host from any screen: serial, MAC, name, asset tag", async ({
  page,
}) => {
  lab.console.data.hosts[4] = { ...lab.console.data.hosts[4]!, notes: "asset LAB-00417" };
  await lab.open(page, "#/settings");
  await scan(page, "7XK2P34");
  await expect(page).toHaveURL(/#\/$/);
  await expect(link(page, "rigel")).toBeFocused();
  await search(page).fill("orion");
  await scan(page, "525400123457");
  await expect(link(page, "rigel")).toBeFocused();
  await expect(search(page)).toHaveValue("");
  await scan(page, "LAB-00417");
  await expect(link(page, "deneb")).toBeFocused();
  await search(page).fill("polaris");
  await search(page).press("Enter");
  await expect(link(page, "polaris")).toBeFocused();
});

test("a scanned label that names no host is said, and a MAC can be added at once", async ({
  page,
}) => {
  await lab.open(page);
  await tile(page, "orion").waitFor();
  await scan(page, "52540099AABB");
  await expect(page.getByRole("alert")).toContainText("No host is known by 52540099AABB");
  await page.getByRole("button", { name: "Add a host with this MAC…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a host by its MAC" });
  await expect(dialog.getByLabel("MAC address")).toHaveValue("52:54:00:99:aa:bb");
});

test("a running host shows its two sensors, and what was seen last follows its samples", async ({
  page,
}) => {
  const [orion, rigel] = lab.console.data.hosts;
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  lab.console.data.hosts = [orion!, { ...rigel!, lastSeen: hourAgo }];
  await lab.open(page);
  await expect(tile(page, "rigel")).toContainText("seen 1 h ago");
  const t = Date.now();
  lab.console.publish({
    type: "samples",
    runs: [
      {
        runId: 9,
        points: [
          ["cpu.package.temp[0]", "Cel", t, 61.2],
          ["cpu.package.temp[1]", "Cel", t, 71.4],
          ["psu.power", "W", t, 402],
          ["fan.speed[1]", "{rpm}", t, 9800],
        ],
      },
    ],
  });
  await expect(tile(page, "rigel").locator(".spark:visible")).toHaveText([
    "71 °Chottest CPU",
    "402 Wpower",
  ]);
  await expect(tile(page, "rigel")).toContainText("seen just now");
});

test("two hundred hosts come by attention, and those out of sight are not drawn", async ({
  page,
}) => {
  const running = lab.console.data.hosts[1]!.run!;
  lab.console.data.hosts = Array.from({ length: 200 }, (_, index) =>
    host({
      id: index + 1,
      name: `node${index + 1}`,
      run: index % 2 === 0 ? null : { ...running, id: index + 1000, hostId: index + 1 },
    }),
  );
  await lab.open(page);
  await expect(page.getByRole("button", { name: "Running 100" })).toBeVisible();
  expect(await page.locator(".tile").count()).toBe(200);
  const drawn = await page.evaluate(
    () =>
      [...document.querySelectorAll(".tile h3")].filter((h) =>
        h.checkVisibility({ contentVisibilityAuto: true }),
      ).length,
  );
  expect(drawn).toBeGreaterThan(3);
  expect(drawn).toBeLessThan(60);
  await scan(page, "node150");
  await expect(link(page, "node150")).toBeFocused();
  await expect(link(page, "node150")).toBeInViewport();
});
