import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";
import { watchFaults } from "./page-faults.ts";

/** A console over data that a spec decides, new for each test, and what went wrong in its page. */
export interface OpenLab {
  readonly console: FakeConsole;
  /** Opens an address of the page: `#/runs/8`. */
  open(page: Page, address?: string): Promise<void>;
}

/** To be called once at the top of a spec file. A fault of the page fails the test that met it. */
export function openLab(): OpenLab {
  let current: FakeConsole | undefined;
  let faults: string[] = [];
  test.beforeAll(async () => {
    await buildPage();
  });
  test.beforeEach(async ({ page }) => {
    current = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
    faults = watchFaults(page);
  });
  test.afterEach(async () => {
    await current?.stop();
    expect(faults).toEqual([]);
  });
  return {
    get console() {
      if (current === undefined) throw new Error("No test runs.");
      return current;
    },
    open: async (page, address = "") => {
      await page.goto(`${current?.url}${address}`);
      await page.getByText("Live", { exact: true }).waitFor();
    },
  };
}

export const tile = (page: Page, name: string) =>
  page.getByRole("article").filter({ has: page.getByRole("link", { name, exact: true }) });
