import type { ConfigProblem } from "../../contract/common.ts";
import type { DoctorResponse } from "../../contract/console-api.ts";
import type { BootFiles } from "../boot-files.ts";
import type { LiveSettings } from "../config/live-settings.ts";
import type { AddressBook } from "../netboot/address-book.ts";
import type { ReadApart } from "../reads/reads.ts";
import type { Profiles } from "../run/context.ts";
import type { EventBus } from "../run/event-bus.ts";
import type { Store } from "../run/ports.ts";
import type { RunService } from "../run/service.ts";
import type { WindowSessions } from "../window-sessions.ts";
import type { AgentBundle } from "./agent-bundle.ts";
import type { LogOptions } from "./logging.ts";

/** What this process has counted since it started; `/metrics` shows it. */
export interface Counters {
  samplesIngested: number;
  logLinesIngested: number;
  agentClaims: number;
}
export function newCounters(): Counters {
  return { samplesIngested: 0, logLinesIngested: 0, agentClaims: 0 };
}

/** What the lab listener is handed. */
export interface LabDeps {
  readonly service: RunService;
  readonly counters: Counters;
  /** The lab URL as configured, for clients that name no Host; null while unknown. */
  readonly labUrl: () => string | null;
  /** Boot files; need not exist yet. */
  readonly bootDir: string;
  readonly bootFiles: Pick<BootFiles, "resolve" | "damage">;
  /** Whose address it is that fetches a file. */
  readonly addresses: AddressBook;
  readonly agentBundle: Pick<AgentBundle, "current">;
  /** Folder of quick.sh, vetting-reporter and its service file. */
  readonly reporterDir: string;
  readonly log: LogOptions;
}

/** Numbers of the store that only the wiring can get at. */
export interface StoreStats {
  /** Runs by state, over the whole history. */
  runsByState(): Readonly<Record<string, number>>;
  /** Size of the database with its write-ahead log, in bytes; null when unknown. */
  databaseBytes(): number | null;
}

export type LabMoveResult =
  | { readonly ok: true; readonly value: { readonly address: string; readonly labUrl: string } }
  | {
      readonly ok: false;
      readonly kind:
        | "lab-address-overridden"
        | "lab-address-unusable"
        | "lab-in-use"
        | "settings-changed"
        | "settings-invalid"
        | "settings-read-only";
      /** What is in the way, and how to mend it. */
      readonly detail: string;
      readonly problems?: readonly ConfigProblem[];
    };

/** What the console listener is handed. */
export interface ConsoleDeps {
  readonly service: RunService;
  readonly store: Pick<Store, "runs" | "hosts" | "logs" | "firmware" | "evidence" | "discovered">;
  readonly events: EventBus;
  readonly profiles: Pick<Profiles, "names" | "get" | "specFor">;
  readonly settings: Pick<LiveSettings, "view" | "check" | "put" | "patch">;
  /** Gives the console its lab address, or another one. */
  readonly moveLab: (address: string) => Promise<LabMoveResult>;
  /** @param fresh listen to the wire again, whatever was heard a while ago. */
  readonly doctor: (fresh: boolean) => Promise<DoctorResponse>;
  /** Graphs, CSV and reports, read outside of the main thread. */
  readonly read: ReadApart;
  readonly stats: StoreStats;
  readonly counters: Counters;
  /** The access token of this launch. */
  readonly token: string;
  /** How an open window is known again after a restart. */
  readonly sessions: Pick<WindowSessions, "launch" | "issue" | "accepts">;
  /** The port that this listener has, once it listens: Host and Origin must name it. */
  readonly port: () => number;
  /** The built page; need not exist. */
  readonly rendererDir: string;
  readonly version: string;
  readonly log: LogOptions;
}
