import type { Ending } from "./control.ts";
import { type PowerCommand, type PowerOutcome, switchPower } from "./power.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";

export interface FinalCommandDeps {
  readonly liveImage: boolean;
  readonly run: RunCommand;
  readonly files: HostFiles;
  /** Tells the console that the command is being carried out; not called when it is refused here. */
  readonly announce: (command: PowerCommand) => Promise<unknown>;
  readonly print: (line: string) => void;
}

export interface AgentEnd {
  readonly exitCode: 0 | 1;
  /** The power goes: whoever called waits for it instead of being started again. */
  readonly powerGoes: boolean;
}

/** Carries out how the run ends on this host. */
export async function conclude(ending: Ending, deps: FinalCommandDeps): Promise<AgentEnd> {
  switch (ending.kind) {
    case "stopped":
      deps.print("The agent stops; what the console has not taken yet stays in the spool.");
      return { exitCode: 0, powerGoes: false };
    case "unauthorised":
      deps.print(`The run token counts no more: ${ending.detail}`);
      return { exitCode: 1, powerGoes: false };
    case "command": {
      deps.print(`${ending.command}: ${ending.why}.`);
      if (deps.liveImage) await deps.announce(ending.command);
      const outcome: PowerOutcome = await switchPower(ending.command, deps);
      if (outcome.kind !== "obeyed") deps.print(outcome.message);
      return { exitCode: outcome.kind === "failed" ? 1 : 0, powerGoes: outcome.kind === "obeyed" };
    }
  }
}
