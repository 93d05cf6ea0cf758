import type { z } from "zod";
import type { ClaimResponse, EvidenceRequest, LogLevel } from "../../contract/agent-api.ts";
import type { FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { StageParams } from "../../contract/stage-params.ts";
import type { StageOutcome } from "../../contract/stage-result.ts";
import type { StageName } from "../../contract/stages.ts";
import type { HostFiles, RunCommand } from "../tools/command.ts";

/** What a stage hands back; the runner adds the stage's name and the times. */
export type StageReport = Omit<
  StageOutcome,
  "stage" | "startedAt" | "endedAt" | "proof" | "measurements" | "gaps" | "blame" | "toolVersions"
> &
  Partial<Pick<StageOutcome, "proof" | "measurements" | "gaps" | "blame" | "toolVersions">>;

/** Time as stages see it. Tests inject their own; nothing in a stage reads the clock by itself. */
export interface StageClock {
  now(): Date;
  /** Seconds that never go back. */
  monotonicS(): number;
  /** Resolves after `seconds`, or at once when the signal aborts. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

/** One reading of a sensor; the SensorMux adds stage, time and sequence. */
export interface SensorReading {
  readonly sensor: string;
  readonly value: number;
  readonly unit: string;
  readonly critical?: number;
}

export interface NetworkWish {
  /** Negotiated speed of the NIC; null when it is not known. */
  readonly mbps: number | null;
  /** Null: waits as long as it takes. */
  readonly withinS: number | null;
  readonly signal: AbortSignal;
}

/** The network is this host's until it ends its turn. */
export interface NetworkTurn {
  /** How many other hosts wait for it, as last heard. */
  waiting(): number;
  end(): Promise<void>;
}

/** All that a stage may touch. */
export interface StageContext<S extends StageName = StageName> {
  readonly params: StageParams[S];
  readonly nonDestructive: boolean;
  /** The live-image marker is on the kernel command line: power actions and writing to disks are allowed. */
  readonly liveImage: boolean;
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly clock: StageClock;
  /** Aborts when the operator cancels, the server flips the stage, or the agent stops. */
  readonly signal: AbortSignal;
  readonly log: (level: LogLevel, text: string, source?: string) => void;
  readonly sample: (reading: SensorReading) => void;
  /** Every reading of this stage attempt so far, newest last (bounded): ranges for proof of stress. */
  readonly readings: (sensor: string) => readonly { readonly t: number; readonly value: number }[];
  /** The same over the Burn window, for PSU; empty when Burn did not run in this boot. */
  readonly burnReadings: () => ReadonlyMap<
    string,
    readonly { readonly t: number; readonly value: number }[]
  >;
  readonly claim: Pick<ClaimResponse, "spec" | "networkPeer">;
  /**
   * Waits until no other host's test takes the console's link away; the wait does not count as the stage's time.
   * @returns null when the signal aborted first, or the turn did not come within the time
   */
  readonly networkTurn: (wish: NetworkWish) => Promise<NetworkTurn | null>;
  /** What Inventory found; null before it ran. */
  readonly inventory: Inventory | null;
  readonly firmware: readonly FirmwareRow[] | null;
  readonly postInventory: (inventory: Inventory) => Promise<void>;
  readonly postFirmware: (rows: readonly FirmwareRow[]) => Promise<void>;
  readonly postEvidence: (evidence: Omit<EvidenceRequest, "sequence" | "stage">) => Promise<void>;
}

export interface MeasurementDeclaration {
  readonly name: string;
  readonly unit: string;
  readonly title: string;
  readonly min?: number;
  readonly max?: number;
}

/** A stage is one file that declares itself and runs. */
export interface StageDefinition<S extends StageName = StageName> {
  readonly name: S;
  readonly title: string;
  readonly tools: readonly string[];
  readonly paramsSchema: z.ZodType<StageParams[S]>;
  readonly measurements: readonly MeasurementDeclaration[];
  run(ctx: StageContext<S>): Promise<StageReport>;
}
