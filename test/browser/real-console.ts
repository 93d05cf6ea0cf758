import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RealConsole {
  readonly consoleUrl: string;
  readonly labUrl: string;
  stop(): Promise<void>;
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
  const dataDir = mkdtempSync(join(tmpdir(), "vetting-page-"));
  const lab = labAddress === null ? [] : ["--lab-address", labAddress];
  const args = ["--headless", "--json", ...lab, "--data-dir", dataDir];
  const ports = ["--lab-port", "0", "--console-port", "0", "--no-proxy-dhcp", "--no-tftp"];
  const child = spawn(process.execPath, ["server/main.ts", ...args, ...ports], {
    cwd: join(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = await new Promise<{ consoleUrl: string; labUrl: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    void exited.then(() => reject(new Error("The console ended before it was ready.")));
  });
  return {
    ...ready,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(dataDir, { recursive: true });
    },
  };
}
