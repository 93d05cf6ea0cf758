import { type StdioOptions, spawn } from "node:child_process";

export interface Step {
  readonly name: string;
  /** Resolves to null when the step is good, else to what is wrong in a few words. */
  run(): Promise<string | null>;
}

export interface FailedStep {
  readonly name: string;
  readonly why: string;
}

/**
 * Runs steps one after the other, each with a heading and its duration. One that fails does not
 * stop the ones after it, and one that throws has failed.
 */
export async function runSteps(
  steps: readonly Step[],
  say: (line: string) => void,
): Promise<FailedStep[]> {
  const failed: FailedStep[] = [];
  for (const step of steps) {
    say(`\n== ${step.name}`);
    const started = performance.now();
    let why: string | null;
    try {
      why = await step.run();
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(
      why === null
        ? `-- ${step.name}: good (${seconds} s)`
        : `-- ${step.name}: FAILED (${seconds} s): ${why}`,
    );
    if (why !== null) failed.push({ name: step.name, why });
  }
  return failed;
}

export interface CommandStepOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Checked instead of the exit code alone; gets the code, answers like a step. */
  readonly judge?: (why: string | null) => string | null;
}

/** A step that is one command; its output goes straight through, it gets no stdin. */
export function commandStep(
  name: string,
  command: readonly [string, ...string[]],
  options: CommandStepOptions,
): Step {
  return {
    name,
    run: async () => {
      const why = await runCommandLine(command, options.cwd, options.env ?? {});
      return options.judge === undefined ? why : options.judge(why);
    },
  };
}

/** Resolves to null for exit 0, else to how the command ended. */
export function runCommandLine(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const stdio: StdioOptions = ["ignore", "inherit", "inherit"];
  const child = spawn(program, args, { cwd, stdio, env: { ...process.env, ...env } });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(null);
      else resolve(signal === null ? `exit ${code}` : `ended by ${signal}`);
    });
  });
}
