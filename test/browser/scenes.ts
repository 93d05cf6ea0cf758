/** Every screen in every state worth looking at: what axe reads and what `npm run screenshots` photographs. */
import type { Page } from "@playwright/test";
import type { RunSummary } from "../../contract/console-api.ts";
import { isTerminal } from "../../contract/run-state.ts";
import { type DemoConsole, startDemoConsole } from "./demo-console.ts";
import { type RealConsole, startRealConsole } from "./real-console.ts";

/** The consoles behind the scenes, and the runs that they have come to. */
export interface Stage {
  readonly demo: DemoConsole;
  /** Has a lab address and no host. */
  readonly empty: RealConsole;
  /** As it starts the first time: no lab address either. */
  readonly first: RealConsole;
  readonly runs: Readonly<Record<"gaps" | "hot" | "disk", number>>;
}

export interface Scene {
  readonly name: string;
  readonly of: "demo" | "empty" | "first";
  /** The address after the console's own: `#/runs/7`. */
  readonly address: (stage: Stage) => string;
  /** Brings the page into the state, and waits until it is in it. */
  readonly show: (page: Page, stage: Stage) => Promise<void>;
}

const HOSTS = ["orion", "vega", "altair", "rigel", "deneb", "new-machine"];
/** The demo's slowest host walks its eleven stages in under a minute on two processors. */
const SETTLE_MS = 180_000;
const POLL_MS = 500;

/** Starts the consoles and waits until the demo's hosts hold or have passed. */
export async function setTheStage(): Promise<Stage> {
  const [demo, empty, first] = await Promise.all([
    startDemoConsole(HOSTS),
    startRealConsole(),
    startRealConsole({ labAddress: null }),
  ]);
  const settled = await settledRuns(demo, ["orion", "vega", "altair"]);
  const [gaps, hot, disk] = settled.map(({ id }) => id);
  return { demo, empty, first, runs: { gaps: gaps!, hot: hot!, disk: disk! } };
}

export async function clearTheStage({ demo, empty, first }: Stage): Promise<void> {
  await Promise.all([demo.stop(), empty.stop(), first.stop()]);
}

async function settledRuns(demo: DemoConsole, names: readonly string[]): Promise<RunSummary[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const runs = await demo.api<RunSummary[]>("runs");
    const found = names.flatMap((name) => runs.find((run) => run.hostName === name) ?? []);
    if (found.length === names.length && found.every(({ state }) => isTerminal(state)))
      return found;
    if (Date.now() > deadline) {
      const states = found.map(({ hostName, state }) => `${hostName} ${state}`).join(", ");
      throw new Error(`After ${SETTLE_MS / 1000} s the demo's runs have not ended: ${states}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function consoleUrlOf(scene: Scene, stage: Stage): string {
  return stage[scene.of].consoleUrl;
}

/** A run that is under way: one is started when there is none. */
async function runningRun({ demo }: Stage): Promise<number> {
  const runs = await demo.api<RunSummary[]>("runs");
  const running = runs.find(({ state }) => !isTerminal(state));
  if (running !== undefined) return running.id;
  const hosts = await demo.api<{ id: number; name: string }[]>("hosts");
  const rigel = hosts.find(({ name }) => name === "rigel");
  const request = { profile: "quick", nonDestructive: true, start: "reporter" };
  return (await demo.post<{ runId: number }>(`hosts/${rigel?.id}/runs`, request)).runId;
}

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { name }).first().waitFor();

const tab =
  (name: string): Scene["show"] =>
  async (page) => {
    const wanted = page.getByRole("tab", { name: new RegExp(`^${name}`) });
    await wanted.click();
    await page.getByRole("tabpanel").first().waitFor();
  };

const holding = (name: string, tabId: string | undefined, show: Scene["show"]): Scene => ({
  name: `run-holding-${name}`,
  of: "demo",
  address: ({ runs }) => `#/runs/${runs.hot}${tabId === undefined ? "" : `/${tabId}`}`,
  show: async (page, stage) => {
    await page.locator(".state", { hasText: "Holding" }).first().waitFor();
    await show(page, stage);
  },
});

const nothing: Scene["show"] = () => Promise.resolve();

const preflightIsThere = (page: Page) =>
  page.getByText("Looking at the host and the lab").waitFor({ state: "detached" });

const startDialog: Scene["show"] = async (page) => {
  const tile = page.getByRole("article").filter({ hasText: "rigel" });
  await tile.getByRole("button", { name: /^Start/ }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "quick" }).waitFor();
  await preflightIsThere(page);
};

const settings = (name: string, title: string): Scene => ({
  name: `settings-${name}`,
  of: "demo",
  address: () => "#/settings",
  show: tab(title),
});

export const SCENES: readonly Scene[] = [
  {
    name: "first-run",
    of: "first",
    address: () => "#/",
    show: (page) => page.getByRole("radio").first().waitFor(),
  },
  {
    name: "hosts-empty",
    of: "empty",
    address: () => "#/",
    show: (page) => heading(page, "No host yet"),
  },
  {
    name: "hosts",
    of: "demo",
    address: () => "#/",
    show: (page) => page.getByRole("article").filter({ hasText: "vega" }).waitFor(),
  },
  {
    name: "hosts-list",
    of: "demo",
    address: () => "#/",
    show: async (page) => {
      await page.getByRole("button", { name: "List" }).click();
      await page.getByRole("row").filter({ hasText: "vega" }).waitFor();
    },
  },
  { name: "start", of: "demo", address: () => "#/", show: startDialog },
  {
    name: "start-destructive",
    of: "demo",
    address: () => "#/",
    show: async (page, stage) => {
      await startDialog(page, stage);
      await page.getByRole("checkbox", { name: /Non-destructive/ }).uncheck();
      await preflightIsThere(page);
    },
  },
  {
    name: "run-running",
    of: "demo",
    address: () => "#/",
    show: async (page, stage) => {
      const runId = await runningRun(stage);
      await page.goto(new URL(`#/runs/${runId}`, page.url()).href);
      await page.locator(".state").first().waitFor();
    },
  },
  holding("overview", undefined, nothing),
  holding("graphs", "graphs", (page) => page.locator(".recharts-line").first().waitFor()),
  holding("log", "log", (page) => page.getByRole("log").waitFor()),
  holding("measurements", "measurements", nothing),
  holding("firmware", "firmware", nothing),
  holding("evidence", "evidence", nothing),
  holding("report", "report", async (page) => {
    await page.frameLocator("iframe").getByText("Vetting report").first().waitFor();
    await page.getByText("Making the report…").waitFor({ state: "detached" });
  }),
  holding("override", undefined, async (page) => {
    await page
      .getByRole("button", { name: /^Override/ })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
  }),
  holding("cancel", undefined, async (page) => {
    await page
      .getByRole("button", { name: /^Cancel & reboot/ })
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
  }),
  {
    name: "run-passed",
    of: "demo",
    address: ({ runs }) => `#/runs/${runs.gaps}`,
    show: (page) => page.locator(".state", { hasText: "Pass with gaps" }).first().waitFor(),
  },
  {
    name: "runs",
    of: "demo",
    address: () => "#/runs",
    show: (page) => page.getByRole("row").filter({ hasText: "vega" }).waitFor(),
  },
  {
    name: "compare",
    of: "demo",
    address: ({ runs }) => `#/compare/${runs.gaps}/${runs.hot}`,
    show: (page) => page.getByRole("heading", { name: "Firmware" }).waitFor(),
  },
  settings("profiles", "Profiles"),
  settings("thresholds", "Thresholds"),
  settings("specs", "Specs"),
  settings("general", "General"),
  settings("file", "vetting.yaml"),
  {
    name: "checks",
    of: "demo",
    address: () => "#/checks",
    show: (page) => heading(page, /Checks/),
  },
  {
    name: "help",
    of: "demo",
    address: () => "#/",
    show: async (page) => {
      await page.getByRole("article").first().waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    },
  },
];
