import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RealConsole {
  readonly consoleUrl: string;
  readonly labUrl: string;
  /** Its vetting.yaml is made here. */
  readonly dataDir: string;
  stop(): Promise<void>;
  /** Ends the process and leaves the data, as a crash or an update does. */
  goDown(): Promise<void>;
  /** Starts it anew on the same ports. @param options.forgetful over an empty data directory */
  comeBack(options?: { readonly forgetful?: boolean }): Promise<void>;
}

interface Ready {
  readonly consoleUrl: string;
  readonly labUrl: string;
}

/**
 * The console itself, headless on free ports of loopback, with a data directory of its own.
 * @param options.labAddress null: none is given, as at a first start
 */
export async function startRealConsole({
  labAddress = "127.0.0.1",
}: {
  readonly labAddress?: string | null;
} = {}): Promise<RealConsole> {
  const dirs = [mkdtempSync(join(tmpdir(), "vetting-page-"))];
  const dataDir = dirs[0]!;
  const lab = labAddress === null ? [] : ["--lab-address", labAddress];
  let running = launch([...lab, "--data-dir", dataDir], "0", "0");
  const ready = await running.ready;
  const goDown = async () => {
    running.child.kill("SIGTERM");
    await running.exited;
  };
  return {
    ...ready,
    dataDir,
    goDown,
    comeBack: async ({ forgetful = false } = {}) => {
      if (forgetful) dirs.push(mkdtempSync(join(tmpdir(), "vetting-page-")));
      const data = ["--data-dir", dirs.at(-1)!];
      running = launch([...lab, ...data], portOf(ready.consoleUrl), portOf(ready.labUrl));
      await running.ready;
    },
    stop: async () => {
      await goDown();
      for (const dir of dirs) rmSync(dir, { recursive: true });
    },
  };
}

function portOf(url: string | null): string {
  return url === null ? "0" : new URL(url).port;
}

function launch(
  more: readonly string[],
  consolePort: string,
  labPort: string,
): { child: ChildProcess; exited: Promise<void>; ready: Promise<Ready> } {
  const args = ["--headless", "--json", "--no-proxy-dhcp", "--no-tftp", ...more];
  const ports = ["--lab-port", labPort, "--console-port", consolePort];
  const child = spawn(process.execPath, ["server/main.ts", ...args, ...ports], {
    cwd: join(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    void exited.then(() => reject(new Error("The console ended before it was ready.")));
  });
  ready.catch(() => {});
  return { child, exited, ready };
}
