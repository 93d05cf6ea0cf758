import { sshAnswers } from "./ssh-banner.ts";

/** What the agent writes to in the live image beside its state folder. Tests name their own. */
export interface LivePlaces {
  /** The console that the host's monitor shows. */
  readonly monitor: string;
  /** What a login shell says first. */
  readonly motd: string;
  /** Units that the next boot does not know. */
  readonly unitFolder: string;
  /** Does an SSH server answer on this port of the host? */
  readonly sshAnswers: (port: number) => Promise<boolean>;
}

export const LIVE_PLACES: LivePlaces = {
  monitor: "/dev/tty1",
  motd: "/etc/motd",
  unitFolder: "/run/systemd/system",
  sshAnswers,
};
