/** A spec over the fake console: each test has a lab of its own, and fails when the page reports a fault. */
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { type FakeConsole, startFakeConsole } from "../fakes/console-server.ts";
import { buildPage } from "./build-page.ts";
import { fakeLab } from "./fake-lab.ts";
import { watchFaults } from "./page-faults.ts";

interface LabFixtures {
  readonly lab: FakeConsole;
  /** Opens a run's screen; `tab` as it stands in the address, `/graphs`. */
  readonly openRun: (runId: number, tab?: string) => Promise<unknown>;
  /** What the page has reported; a test takes out what it provoked. */
  readonly faults: string[];
}

export const test = base.extend<LabFixtures>({
  faults: [
    async ({ page }, use) => {
      const faults = watchFaults(page);
      await use(faults);
      base.expect(faults).toEqual([]);
    },
    { auto: true },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants an object pattern
  lab: async ({}, use) => {
    await buildPage();
    const lab = await startFakeConsole(join(import.meta.dirname, "../../dist/renderer"), fakeLab());
    await use(lab);
    await lab.stop();
  },
  openRun: ({ lab, page }, use) =>
    use((runId, tab = "") => page.goto(`${lab.url}#/runs/${runId}${tab}`)),
});
export { expect } from "@playwright/test";
