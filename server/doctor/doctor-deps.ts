import type { DoctorResponse } from "../../contract/console-api.ts";
import type { VettingConfig } from "../../contract/vetting-config.ts";
import type { BootFilesReport } from "../boot-files.ts";
import type { BindPlace } from "../lab/bind-port.ts";
import type { ClockFacts } from "../lab/clock-facts.ts";
import type { FirewallFacts } from "../lab/firewall-facts.ts";
import type { PortOwners } from "../lab/port-owners.ts";
import type { PrivilegeFacts } from "../lab/privilege-facts.ts";
import type { WireReport } from "../lab/wire-probe.ts";
import type { FreeDiskBytes } from "../run/ports.ts";

/** Ports that this console listens on now; null where it does not. */
export interface OwnPorts {
  readonly lab: number | null;
  readonly dhcp: number | null;
  readonly pxe: number | null;
  readonly tftp: number | null;
}

/** What the checks ask of this machine; `thisMachine` asks the real one. */
export interface MachineDeps {
  readonly platform: NodeJS.Platform;
  readonly interfaces: () => Interfaces | Promise<Interfaces>;
  readonly bindError: (place: BindPlace) => Promise<string | null>;
  readonly ownersOfPort: PortOwners;
  readonly privilege: () => PrivilegeFacts;
  readonly firewall: (interfaceName: string | null) => Promise<FirewallFacts>;
  readonly clock: () => Promise<ClockFacts>;
  /** Who answers on the lab's wire. */
  readonly wire: (labAddress: string) => Promise<WireReport>;
  /** Where iperf3 lies; null when it is missing. */
  readonly iperf3: () => string | null;
}

type Interfaces = DoctorResponse["interfaces"];

/** What the checks look at. */
export interface DoctorDeps extends MachineDeps {
  readonly config: VettingConfig;
  readonly dataDir: string;
  /** Null without a lab address. */
  readonly labUrl: () => string | null;
  readonly freeDiskBytes: FreeDiskBytes;
  /** What this console has bound itself, so that it does not take itself for an intruder; null when none runs here. */
  readonly ownPorts: () => OwnPorts | null;
  /** The process of another console that runs on this data directory. */
  readonly otherConsole: () => number | null;
  /** What the boot directory holds. */
  readonly bootFiles: () => Promise<BootFilesReport>;
  /** Is the agent's bundle there, which the live image fetches? */
  readonly agentBuilt: () => boolean;
  readonly consoleVersion: string;
  /** How long an answer waits for what takes long (listening on the wire, checksums), in ms. */
  readonly patienceMs: number;
}

/** A check without its outcome. */
export interface CheckTitle {
  readonly id: string;
  readonly title: string;
}
