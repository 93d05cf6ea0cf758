import { test as base, expect as impatient, type Locator, type Page } from "@playwright/test";
import { buildPage } from "./build-page.ts";
import { type DemoApp, startDemoApp } from "./demo-app.ts";
import { type DemoConsole, startDemoConsole } from "./demo-console.ts";
import { watchFaults } from "./page-faults.ts";
import { filesFromApp, filesFromBrowser, type TakenFiles } from "./taken-files.ts";

/** Where a project of playwright.config.ts shows the console: Chromium over a headless one, or the desktop app. */
export interface ShownIn {
  readonly shownIn: "web" | "electron";
}

/** The app of the spec file that runs; null in a browser. */
let app: DemoApp | null = null;

/** For specs over the demo: they do not know where their page is shown. */
export const test = base.extend<{ readonly files: TakenFiles }, ShownIn>({
  shownIn: ["web", { option: true, scope: "worker" }],
  page: async ({ page }, use) => {
    if (app === null) return use(page);
    await use(app.window);
    // The window stays, and the next test begins as a new one does.
    await app.window.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  },
  files: async ({ page }, use) => {
    const files = await (app === null ? filesFromBrowser(page) : filesFromApp(app));
    await use(files);
    files.end();
  },
});

/** A run of the demo takes half a minute; twice and more on a busy machine. */
export const RUN_MS = 150_000;
/** Console, agents and browser share the machine: what takes a second alone takes many beside them. */
export const expect = impatient.configure({ timeout: 20_000 });

/** The demo that a spec file looks at, and how its screens are opened. */
export interface OpenDemo {
  readonly console: DemoConsole;
  /** What the page has reported; a test takes out what it provoked. */
  readonly faults: string[];
  /** Opens an address of the page: `#/runs`. */
  open(page: Page, address?: string): Promise<void>;
  /** Opens the run of a host; `tab` as it stands in the address, `/graphs`. */
  openRun(page: Page, hostName: string, tab?: string): Promise<void>;
}

/**
 * Starts the demo once for a spec file; to be called at its top. The tests follow each other, as the demo's hosts go
 * on meanwhile. A fault of the page fails the test that met it.
 * @param hosts of `test/demo/roster.ts`
 */
export function openDemo(hosts: readonly string[]): OpenDemo {
  let running: DemoConsole | undefined;
  let faults: string[] = [];
  test.describe.configure({ mode: "serial", timeout: RUN_MS + 60_000 });
  test.beforeAll(async ({ shownIn }) => {
    test.setTimeout(120_000);
    await buildPage();
    if (shownIn === "electron") app = await startDemoApp(hosts);
    running = app ?? (await startDemoConsole(hosts));
  });
  test.beforeEach(({ page }) => {
    faults = watchFaults(page);
  });
  test.afterEach(() => expect(faults).toEqual([]));
  test.afterAll(async () => {
    app = null;
    await running?.stop();
  });
  const demo = () => {
    if (running === undefined) throw new Error("No test runs.");
    return running;
  };
  const open = async (page: Page, address = "") => {
    await page.goto(`${demo().consoleUrl}${address}`);
    await page.getByText("Live", { exact: true }).waitFor();
  };
  return {
    get console() {
      return demo();
    },
    get faults() {
      return faults;
    },
    open,
    openRun: async (page, hostName, tab = "") =>
      open(page, `#/runs/${await demo().runIdOf(hostName)}${tab}`),
  };
}

/** The head of a run's screen: its state, its verdict, how far it is. */
export const runHead = (page: Page): Locator =>
  page.getByRole("region", { name: "Run", exact: true });

/** Waits until the run on the screen is in this state, said in its own word. */
export async function seeState(page: Page, word: string): Promise<void> {
  await expect(runHead(page).getByText(word, { exact: true }).first()).toBeVisible({
    timeout: RUN_MS,
  });
}
