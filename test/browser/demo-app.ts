import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ElectronApplication, _electron as electron, type Page } from "@playwright/test";
import { ROOT_DIR } from "../../build/root-dir.ts";
import { type AttachedHosts, attachHosts } from "../demo/attach-hosts.ts";
import { demoConfig } from "../demo/demo-config.ts";
import { consoleAt, type DemoConsole } from "./demo-console.ts";

const SECONDS = 2;

/** The built desktop app with the demo's hosts: what `startDemoConsole` is without a window. */
export interface DemoApp extends DemoConsole {
  readonly window: Page;
  /** From now on the user of its save dialogs saves into this folder, under the name that is offered. */
  saveTo(folder: string): Promise<void>;
}

/** @param hosts of `test/demo/roster.ts` */
export async function startDemoApp(hosts: readonly string[]): Promise<DemoApp> {
  const folder = mkdtempSync(join(tmpdir(), "vetting-app-"));
  const dataDir = join(folder, "data");
  const configFile = join(folder, "vetting.yaml");
  mkdirSync(dataDir);
  writeFileSync(configFile, demoConfig(SECONDS));
  const isRoot = process.getuid?.() === 0;
  const app = await electron.launch(appLaunch({ dataDir, configFile, isRoot, env: process.env }));
  let attached: AttachedHosts | null = null;
  const stop = async () => {
    await attached?.stop();
    await quit(app).finally(() => rmSync(folder, { recursive: true }));
  };
  try {
    const ready = await readyLineOf(app);
    attached = await attachHosts(ready, {
      ...{ folder: join(folder, "hosts"), seconds: SECONDS, hosts, say: () => {} },
    });
    return {
      ...consoleAt(ready, stop),
      window: await app.firstWindow(),
      saveTo: (given) =>
        app.evaluate(({ dialog }, into) => {
          dialog.showSaveDialog = async (...args: readonly unknown[]) => {
            const { defaultPath } = args.at(-1) as { defaultPath: string };
            return { canceled: false, filePath: `${into}/${defaultPath.split(/[\\/]/).at(-1)}` };
          };
        }, given),
    };
  } catch (error) {
    // An app that has ended cannot be quit, and that is not what is to be told.
    await stop().catch(() => {});
    throw error;
  }
}

type LaunchOptions = NonNullable<Parameters<typeof electron.launch>[0]>;

/** How Playwright starts the app: from the checkout, as `npm start` does, over a data directory of its own. */
export function appLaunch({
  dataDir,
  configFile,
  isRoot,
  env,
}: {
  readonly dataDir: string;
  readonly configFile: string;
  readonly isRoot: boolean;
  readonly env: NodeJS.ProcessEnv;
}): LaunchOptions {
  // Each would make something else of the app than its window.
  const { ELECTRON_RUN_AS_NODE: _node, VETTING_HEADLESS: _headless, ...rest } = env;
  const inherited = Object.entries(rest).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    // No program: Playwright takes the one of Electron's package, and lets the app begin only once it listens.
    args: [ROOT_DIR, "--json", "--data-dir", dataDir, "--config", configFile],
    env: { ...Object.fromEntries(inherited), VETTING_SIMULATED: "1" },
    // It does not work for root; whoever else tests the app tests it as it is used.
    chromiumSandbox: !isRoot,
    acceptDownloads: true,
  };
}

interface ReadyLine {
  readonly consoleUrl: string;
  readonly labUrl: string;
}

async function readyLineOf(app: ElectronApplication): Promise<ReadyLine> {
  const { stdout, stderr } = app.process();
  if (stdout === null) throw new Error("The app has no stdout.");
  let said = "";
  stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith('{"event":"ready"')) return JSON.parse(line) as ReadyLine;
  }
  throw new Error(`The app ended before it was ready: ${said}`);
}

/** As a user quits it who is asked about active runs and means it. */
async function quit(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false });
  });
  await app.close();
}
