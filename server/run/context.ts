import type { StageParams } from "../../contract/stage-params.ts";
import type { HostSpec, Threshold, VettingConfig } from "../../contract/vetting-config.ts";
import type { EventBus } from "./event-bus.ts";
import type {
  Clock,
  FreeDiskBytes,
  HostRecord,
  NetworkPeers,
  SendMagicPacket,
  Store,
} from "./ports.ts";
import type { WatchTime } from "./watch-time.ts";

/** The profiles, thresholds and specs of vetting.yaml. */
export interface Profiles {
  names(): string[];
  get(name: string): StageParams | null;
  thresholds(): readonly Threshold[];
  /** The spec chosen for the host, else the first whose `match` fits; null when there is none. */
  specFor(host: Pick<HostRecord, "spec" | "vendor" | "product">): HostSpec | null;
  specByName(name: string): HostSpec | null;
}

/** Everything the run's life is handed. */
export interface RunDeps {
  readonly store: Store;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly registry: Profiles;
  readonly config: VettingConfig;
  readonly sendMagicPacket: SendMagicPacket;
  readonly networkPeers: NetworkPeers;
  readonly freeDiskBytes: FreeDiskBytes;
  /** Whether an error of the store means that the disk is full. */
  readonly isDiskFull: (error: unknown) => boolean;
  /** 256 random bits, base64url. */
  readonly randomToken: () => string;
  readonly consoleVersion: string;
  /** The lab URL as hosts reach it; null without a lab address. */
  readonly labUrl: () => string | null;
  /** How long this console has been watching: its own downtime never counts against a host. */
  readonly watching: WatchTime;
  /** The demo: every host that registers is labelled as simulated. */
  readonly simulated: boolean;
}
