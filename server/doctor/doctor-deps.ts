import type { DoctorResponse } from "../../contract/console-api.ts";
import type { VettingConfig } from "../../contract/vetting-config.ts";
import type { FreeDiskBytes } from "../run/ports.ts";

/** Ports that this console listens on now; null where it does not. */
export interface OwnPorts {
  readonly lab: number | null;
  readonly dhcp: number | null;
  readonly pxe: number | null;
  readonly tftp: number | null;
}

/** What the checks look at. */
export interface DoctorDeps {
  readonly config: VettingConfig;
  readonly dataDir: string;
  readonly bootDir: string;
  /** Null without a lab address. */
  readonly labUrl: () => string | null;
  readonly interfaces: () => DoctorResponse["interfaces"];
  readonly freeDiskBytes: FreeDiskBytes;
  /** Where iperf3 lies; null when it is missing. */
  readonly iperf3: () => string | null;
  /** What this console has bound itself, so that it does not take itself for an intruder. */
  readonly ownPorts: () => OwnPorts;
  readonly consoleVersion: string;
}
