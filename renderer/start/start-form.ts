import type { HostSummary, StartRunRequest } from "../../contract/console-api.ts";
import type { Preflight } from "../../contract/start-api.ts";

/** What the dialog holds until a run is started. */
export interface StartForm {
  readonly profile: string;
  readonly nonDestructive: boolean;
  /** What was chosen; a host whose reporter is silent is woken whatever was chosen. */
  readonly start: StartRunRequest["start"];
  readonly afterPass: StartRunRequest["afterPass"];
  readonly operator: string;
  readonly ticket: string;
  /** The host's name, typed to confirm that its disks are written over. */
  readonly typedName: string;
}

type Host = Pick<HostSummary, "name" | "online">;

/** How the host really gets into the live image. */
export function startOf({ start }: StartForm, host: Host): StartRunRequest["start"] {
  return host.online ? start : "wake";
}

/** What the button says that starts it. */
export function startWords(form: StartForm, host: Host): string {
  if (!form.nonDestructive) return "Overwrite disks and start";
  return startOf(form, host) === "wake" ? "Wake or power on by hand" : "Start";
}

/** Where the focus goes when a start is not possible as things stand; null: it is. */
export function firstWrong(
  form: StartForm,
  host: Host,
  preflight: Preflight | null,
): "findings" | "name" | null {
  if (preflight?.findings.some(({ level }) => level === "stop") === true) return "findings";
  return form.nonDestructive || form.typedName.trim() === host.name ? null : "name";
}

export function startRequest(form: StartForm, host: Host): StartRunRequest {
  const { profile, nonDestructive, afterPass } = form;
  const [operator, ticket] = [form.operator.trim(), form.ticket.trim()];
  return {
    profile,
    nonDestructive,
    start: startOf(form, host),
    afterPass,
    ...(operator === "" ? {} : { operator }),
    ...(ticket === "" ? {} : { ticket }),
  };
}
