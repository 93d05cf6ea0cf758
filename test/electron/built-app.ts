import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { MessageBoxOptions } from "../../electron/electron-api.ts";
import type { AppState, Command, Report } from "./stand-in/driven.ts";

const ROOT_DIR = join(import.meta.dirname, "../..");

/** The built main.mjs in a Node process of its own, over the stand-in for Electron. */
export class BuiltApp {
  readonly #child: ChildProcess;
  readonly boxes: MessageBoxOptions[] = [];
  /** How the app said that it ends; null while it runs. */
  exit: { readonly code: number; readonly relaunched: boolean } | null = null;
  stdout = "";
  stderr = "";
  #states: ((state: AppState) => void)[] = [];

  /** @param args of the console; every port is a free one unless told */
  constructor(args: readonly string[], mainFile = join(ROOT_DIR, "dist/electron/main.mjs")) {
    // The script stands in argv where Electron puts the app's folder.
    this.#child = fork(mainFile, [...args], {
      execArgv: ["--import", join(import.meta.dirname, "stand-in/hooks.ts")],
      env: {
        ...process.env,
        STAND_IN: JSON.stringify({ appPath: ROOT_DIR, version: "9.8.7" }),
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.stdout?.on("data", (chunk) => {
      this.stdout += String(chunk);
    });
    this.#child.stderr?.on("data", (chunk) => {
      this.stderr += String(chunk);
    });
    this.#child.on("message", (report: Report) => {
      if (report.saw === "box") this.boxes.push(report.box);
      else if (report.saw === "exit") this.exit = report;
      else this.#states.shift()?.(report.state);
    });
  }

  tell(command: Command): void {
    this.#child.send(command);
  }

  look(): Promise<AppState> {
    return new Promise((resolve) => {
      this.#states.push(resolve);
      this.tell({ do: "look" });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code of the process itself, which a listener that was left behind would delay for good. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await new Promise((resolve) => this.#child.once("exit", resolve));
    }
    return this.#child.exitCode;
  }

  /** For the end of a test, whatever became of it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
      await this.ended();
    }
  }
}
