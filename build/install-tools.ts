import { existsSync } from "node:fs";
import { ROOT_DIR } from "./root-dir.ts";
import { runCommandLine } from "./steps.ts";
import { lookPath, planTools, type TestTool } from "./test-tools.ts";

/** No questions, and no service started: openssh-server is wanted for its program, not for this machine's door. */
const QUIETLY = { DEBIAN_FRONTEND: "noninteractive", SYSTEMD_OFFLINE: "1" };

/** Is this command on the path, or in one of the system's own folders? */
export function hasCommand(command: string): boolean {
  return lookPath(command, process.env.PATH ?? "") !== null;
}

/**
 * Brings programs that are missing: installed by root on Debian, named to anyone else.
 * @param missing asked again after an installation
 * @returns why they are not here, or null when all are
 */
export async function installTools(
  missing: () => readonly TestTool[],
  say: (line: string) => void,
): Promise<string | null> {
  const system = { debian: existsSync("/etc/debian_version"), root: process.getuid?.() === 0 };
  const plan = planTools(missing(), system);
  if (plan.kind === "tell") {
    for (const line of plan.lines) say(line);
    return "programs are missing";
  }
  for (const command of plan.kind === "install" ? plan.commands : []) {
    const why = await runCommandLine(command, ROOT_DIR, QUIETLY);
    if (why !== null) return `${command.slice(0, 2).join(" ")}: ${why}`;
  }
  const still = missing().map(({ command }) => command);
  return still.length === 0 ? null : `still missing: ${still.join(", ")}`;
}
