import { blameText, type HeldFailure } from "./held-failure.ts";
import type { HostIdentity } from "./host-identity.ts";
import { printable, wrapped } from "./printable.ts";

export interface GreetingFacts {
  readonly host: HostIdentity;
  readonly runId: number;
  readonly profile: string;
  readonly nonDestructive: boolean;
  readonly failure: HeldFailure;
  readonly consoleUrl: string;
  readonly evidence: readonly { readonly folder: string; readonly names: readonly string[] }[];
}

const COLUMNS = 79;
const LABEL_COLUMNS = 11;

/** What the shell of a held host says at login. All that comes from the host or its tools is made harmless. */
export function greeting(facts: GreetingFacts): string {
  const { host, failure, runId, profile, nonDestructive, consoleUrl } = facts;
  const writes = nonDestructive ? "non-destructive" : "destructive";
  const who = [host.name, host.product, host.serial && `serial ${host.serial}`, host.mac];
  const evidence = facts.evidence.flatMap(({ folder, names }) => [`${folder}/`, names.join("  ")]);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Host", [who.filter((word) => word !== null && word !== "").join(", ")]],
    ["Run", [`${runId}, ${profile}, ${writes}`]],
    ["Failed", [failure.stage ?? "(not told)"]],
    ["Reason", [failure.reason ?? "(not told)"]],
    ["Part", failure.blame.map(blameText)],
    ["Evidence", evidence.length === 0 ? ["none was captured"] : evidence],
    [
      "Go on",
      [
        `In the console (this host reaches it at ${consoleUrl}), on the page of run ${runId}: Override enters the stage again, Cancel & reboot gives the host back. Both end this shell.`,
      ],
    ],
  ];
  const lines = rows.flatMap(([label, texts]) =>
    texts
      .flatMap(bodyLines)
      .map((line, at) => `  ${(at === 0 ? label : "").padEnd(LABEL_COLUMNS)}${line}`),
  );
  return `\n  This host is held: its vetting run failed.\n\n${lines.map((line) => line.trimEnd()).join("\n")}\n\n`;
}

function bodyLines(text: string): string[] {
  return wrapped(printable(text).split(" "), COLUMNS - LABEL_COLUMNS - 2);
}
