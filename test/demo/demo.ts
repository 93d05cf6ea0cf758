import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type RunningConsole, startConsole } from "../../server/start-console.ts";
import { type AttachedHosts, attachHosts } from "./attach-hosts.ts";
import { demoConfig } from "./demo-config.ts";
import type { RosterEntry } from "./roster.ts";

export interface DemoOptions {
  /** Kept afterwards; null: a temporary folder that goes with the demo. */
  readonly dataDir: string | null;
  /** Length of one stress pass. */
  readonly seconds: number;
  /** Only these of the roster; null: all. */
  readonly hosts: readonly string[] | null;
  readonly say: (line: string) => void;
}

export interface RunningDemo {
  readonly consoleUrl: string;
  readonly labUrl: string;
  readonly hosts: readonly RosterEntry[];
  /** Ends hosts, agents and console, and removes what is temporary. */
  close(): Promise<void>;
}

/** The console with simulated hosts: the real console and the real agent, over fake tools. Loopback only. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { seconds, say } = options;
  const scratch = mkdtempSync(join(tmpdir(), "vetting-demo-"));
  const dataDir = options.dataDir === null ? join(scratch, "data") : resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const configFile = join(scratch, "vetting.yaml");
  writeFileSync(configFile, demoConfig(seconds));
  let attached: AttachedHosts | null = null;
  let running: RunningConsole | null = null;
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      await attached?.stop();
      await running?.close();
      rmSync(scratch, { recursive: true, force: true });
    })();
    return closing;
  };
  try {
    running = await startConsole({
      headless: true,
      json: false,
      help: false,
      configFile,
      dataDir,
      bootDir: null,
      overrides: [],
      simulated: true,
      logLevel: "warn",
    });
    const { consoleUrl, labUrl } = running;
    if (labUrl === null) throw new Error("the lab listener did not start");
    attached = await attachHosts(
      { consoleUrl, labUrl },
      { folder: join(scratch, "hosts"), seconds, hosts: options.hosts, say },
    );
    return { consoleUrl, labUrl, hosts: attached.hosts, close };
  } catch (error) {
    await close();
    throw error;
  }
}
