import { describe, expect, test } from "vitest";
import { setupAbout } from "../../electron/about.ts";
import type { MenuItemOptions } from "../../electron/electron-api.ts";
import { menuTemplate, setupMenu } from "../../electron/menu.ts";
import { newElectron } from "./new-electron.ts";

const clicked: string[] = [];
const ACTIONS = {
  showLog: () => clicked.push("log"),
  showDataDir: () => clicked.push("data"),
};

function itemsOf(template: readonly MenuItemOptions[]): MenuItemOptions[] {
  return template.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : []),
  ]);
}
const rolesOf = (template: readonly MenuItemOptions[]) =>
  itemsOf(template).flatMap(({ role }) => (role === undefined ? [] : [role]));

describe("the menu", () => {
  test("on macOS has the app's own menu first, which holds About and Quit", () => {
    const template = menuTemplate({ platform: "darwin", isPackaged: true }, ACTIONS);
    expect(template[0]).toEqual({ role: "appMenu" });
    expect(rolesOf(template)).not.toContain("about");
    expect(rolesOf(template)).not.toContain("quit");
    expect(rolesOf(template)).toContain("close");
  });

  test.each(["linux", "win32"] as const)("on %s Quit is under File and About under Help", (it) => {
    const template = menuTemplate({ platform: it, isPackaged: true }, ACTIONS);
    expect(template[0]).toEqual({ role: "fileMenu", submenu: [{ role: "quit" }] });
    const help = template.at(-1)?.submenu as MenuItemOptions[];
    expect(help.at(-1)).toEqual({ role: "about" });
  });

  test.each(["darwin", "linux", "win32"] as const)("on %s text can be edited", (platform) => {
    expect(rolesOf(menuTemplate({ platform, isPackaged: true }, ACTIONS))).toContain("editMenu");
  });

  test("developer tools are for a checkout", () => {
    const facts = { platform: "linux" } as const;
    const roles = (isPackaged: boolean) => rolesOf(menuTemplate({ ...facts, isPackaged }, ACTIONS));
    expect(roles(false)).toContain("toggleDevTools");
    expect(roles(true)).not.toContain("toggleDevTools");
  });

  test("leads to the log and the data", () => {
    const { electron, seen } = newElectron();
    setupMenu(electron, "linux", ACTIONS);
    for (const item of itemsOf(seen.menu ?? [])) {
      if (item.click !== undefined) item.click(null as never, undefined, null as never);
    }
    expect(clicked).toEqual(["log", "data"]);
  });
});

test("the about box tells the version and where the data lies", () => {
  const { electron, seen } = newElectron();
  setupAbout(electron, { dataDir: "/home/me/.local/share/vetting" });
  expect(seen.about).toMatchObject({
    applicationName: "Vetting",
    applicationVersion: "9.8.7",
    credits: expect.stringContaining("/home/me/.local/share/vetting"),
  });
});
