import { execFile } from "node:child_process";
import { findProgram } from "./find-program.ts";

/** Asks a program of this system. @returns what it printed; null when it is missing, failed or took too long. */
export type RunTool = (program: string, args: readonly string[]) => Promise<string | null>;

/** A question about this machine that takes longer is not worth the wait, in ms. */
const TOOL_TIMEOUT_MS = 2500;
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;

export const runTool: RunTool = (program, args) => {
  const file = findProgram(program);
  if (file === null) return Promise.resolve(null);
  const options = {
    timeout: TOOL_TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: LONGEST_ANSWER_BYTES,
    // The words that are looked for are English.
    env: { ...process.env, LC_ALL: "C" },
    windowsHide: true,
  } as const;
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout) => resolve(error === null ? stdout : null));
  });
};

/** Asks PowerShell for one object, as JSON. Null wherever there is none. */
export async function askPowerShell(script: string, run: RunTool = runTool): Promise<unknown> {
  const args = [
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    `${script} | ConvertTo-Json -Compress`,
  ];
  return parsedOrNull(await run("powershell", args));
}

/** What a tool printed as JSON; null for anything else. */
export function parsedOrNull(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
