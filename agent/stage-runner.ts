import type { ClaimResponse, EvidenceRequest, LogLevel } from "../contract/agent-api.ts";
import type { FirmwareRow } from "../contract/firmware.ts";
import type { Inventory } from "../contract/inventory.ts";
import { budgetSeconds, partsOf } from "../contract/stage-budget.ts";
import type { StageOutcome } from "../contract/stage-result.ts";
import type { StageName } from "../contract/stages.ts";
import { AttemptTime } from "./attempt-time.ts";
import { pause, type Timing } from "./clock.ts";
import type { Control } from "./control.ts";
import type { TurnWish } from "./network-turns.ts";
import { type Reading, Readings } from "./readings.ts";
import type { ReadSensors } from "./sensor-source.ts";
import { type Abort, checked, type Ended, errorReport, judgeEnd } from "./stage-outcome.ts";
import type { NetworkTurn, StageClock, StageContext, StageDefinition } from "./stages/stage.ts";
import { createToolRecorder } from "./tool-recorder.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";

export interface StageRunnerDeps {
  readonly stages: readonly StageDefinition[];
  readonly control: Control;
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly clock: StageClock;
  readonly timing: Timing;
  readonly readSensors: ReadSensors;
  readonly liveImage: boolean;
  readonly log: (stage: StageName | null, level: LogLevel, text: string, source?: string) => void;
  /** Hands a reading to the SensorMux; the time it was given, or null when it is no sample. */
  readonly sample: (
    stage: StageName,
    reading: Parameters<StageContext["sample"]>[0],
  ) => number | null;
  readonly postInventory: (inventory: Inventory) => void;
  readonly postFirmware: (rows: readonly FirmwareRow[]) => void;
  readonly postEvidence: (
    stage: StageName,
    evidence: Omit<EvidenceRequest, "sequence" | "stage">,
  ) => void;
  readonly networkTurn: (wish: TurnWish) => Promise<NetworkTurn | null>;
  /** Ends what a stage that does not come back left running. */
  readonly endStrays: () => void;
}

/** What the attempt may know of the run. */
export interface RunFacts {
  readonly claim: Pick<ClaimResponse, "spec" | "networkPeer" | "nonDestructive" | "stages">;
  readonly inventory: Inventory | null;
  readonly firmware: readonly FirmwareRow[] | null;
  readonly burnReadings: ReadonlyMap<string, readonly Reading[]>;
}

export interface Attempt {
  /** Null when the agent ends: then nothing is posted, and a restarted agent begins the stage anew. */
  readonly outcome: StageOutcome | null;
  readonly readings: Readings;
  readonly toolOutput: string;
}

/** Runs one attempt of one stage; whatever the stage does, an outcome comes back, and nothing of it goes on. */
export async function runAttempt(
  deps: StageRunnerDeps,
  stage: StageName,
  facts: RunFacts,
): Promise<Attempt> {
  const { clock, control, timing } = deps;
  const startedAt = clock.now().toISOString();
  const readings = new Readings();
  const aborted = new AbortController();
  const { signal } = aborted;
  const recorder = createToolRecorder(deps.run, signal);
  let why: Abort | null = null;
  const abort = (reason: Abort) => {
    why ??= reason;
    aborted.abort();
  };
  control.beginAttempt(stage, abort);
  deps.log(stage, "info", `${stage} begins.`);

  const prepared = prepare(deps, stage, facts);
  let ended: Ended;
  if (prepared.kind === "unfit") {
    ended = { kind: "reported", report: errorReport(prepared.message) };
  } else {
    const { definition, params, budgetS } = prepared;
    const seal = { open: true };
    const sampledAtS = new Map<string, number>();
    const allowedMs = (budgetS + timing.budgetMarginS) * 1000;
    const budget = new AttemptTime(allowedMs, () => abort({ kind: "budget", seconds: budgetS }));
    const context = createContext(deps, stage, facts, {
      params,
      signal,
      readings,
      seal,
      sampledAtS,
      budget,
      run: recorder.run,
    });
    const sampling = new AbortController();
    const sampled = sampleUntil(deps, context, sampledAtS, sampling.signal);
    ended = await settle(definition, context, signal, timing.settleMs);
    budget.end();
    sampling.abort();
    seal.open = false;
    aborted.abort(); // Whatever the stage forgot ends with it.
    if (ended.kind === "stuck") deps.endStrays();
    await Promise.race([sampled, pause(timing.settleMs)]);
  }
  control.endAttempt();

  const endedAt = clock.now().toISOString();
  const report = judgeEnd(stage, ended, why);
  const outcome = report === null ? null : checked({ ...report, stage, startedAt, endedAt });
  return { outcome, readings, toolOutput: recorder.text() };
}

type Prepared =
  | { kind: "fit"; definition: StageDefinition; params: StageContext["params"]; budgetS: number }
  | { kind: "unfit"; message: string };

function prepare(
  { stages }: StageRunnerDeps,
  stage: StageName,
  { claim, inventory }: RunFacts,
): Prepared {
  const definition = stages.find(({ name }) => name === stage);
  if (definition === undefined)
    return { kind: "unfit", message: `This agent has no stage ${stage}.` };
  const given = claim.stages.find(({ name }) => name === stage)?.params ?? {};
  const params = definition.paramsSchema.safeParse(given);
  if (!params.success) {
    const issues = params.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return {
      kind: "unfit",
      message: `The console's parameters for ${stage} do not fit: ${issues.join("; ")}.`,
    };
  }
  const parts = partsOf(inventory, claim.nonDestructive);
  const budgetS = budgetSeconds(stage, params.data, parts);
  return { kind: "fit", definition, params: params.data, budgetS };
}

function createContext(
  deps: StageRunnerDeps,
  stage: StageName,
  facts: RunFacts,
  own: {
    params: StageContext["params"];
    signal: AbortSignal;
    readings: Readings;
    /** Closed when the attempt is over: a stage that goes on all the same is not heard any more. */
    seal: { open: boolean };
    /** When each sensor was last sampled. */
    sampledAtS: Map<string, number>;
    budget: AttemptTime;
    run: RunCommand;
  },
): StageContext {
  const { readings, seal } = own;
  return {
    params: own.params,
    nonDestructive: facts.claim.nonDestructive,
    liveImage: deps.liveImage,
    run: own.run,
    files: deps.files,
    clock: deps.clock,
    signal: own.signal,
    log: (level, text, source) => {
      if (seal.open) deps.log(stage, level, text, source);
    },
    sample: (reading) => {
      if (!seal.open) return;
      const t = deps.sample(stage, reading);
      own.sampledAtS.set(reading.sensor, deps.clock.monotonicS());
      if (t !== null) readings.add(reading.sensor, { t, value: reading.value });
    },
    readings: (sensor) => readings.of(sensor),
    burnReadings: () => facts.burnReadings,
    claim: facts.claim,
    networkTurn: (wish) =>
      own.budget.apart(() =>
        deps.networkTurn({
          ...wish,
          onWait: (ahead) => {
            const hosts = ahead === 1 ? "1 host tests" : `${ahead} hosts test`;
            if (seal.open)
              deps.log(stage, "info", `Waits for the network: ${hosts} before this one.`);
          },
          onProblem: (text) => {
            if (seal.open) deps.log(stage, "warn", text);
          },
        }),
      ),
    inventory: facts.inventory,
    firmware: facts.firmware,
    // Safe once they are in the spool, which is at once: the console may be down for longer than the stage may take.
    postInventory: async (inventory) => {
      if (seal.open) deps.postInventory(inventory);
    },
    postFirmware: async (rows) => {
      if (seal.open) deps.postFirmware(rows);
    },
    postEvidence: async (evidence) => {
      if (seal.open) deps.postEvidence(stage, evidence);
    },
  };
}

/** Waits for the stage; once aborted, no longer than `settleMs`. */
async function settle(
  definition: StageDefinition,
  context: StageContext,
  signal: AbortSignal,
  settleMs: number,
): Promise<Ended> {
  const running = (async (): Promise<Ended> => {
    try {
      return { kind: "reported", report: await definition.run(context) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.log("error", error instanceof Error ? (error.stack ?? message) : message);
      return { kind: "threw", message };
    }
  })();
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<Ended>((resolve) => {
    const begin = () => {
      timer = setTimeout(() => resolve({ kind: "stuck" }), settleMs);
    };
    if (signal.aborted) begin();
    else signal.addEventListener("abort", begin, { once: true });
  });
  const ended = await Promise.race([running, stuck]);
  clearTimeout(timer);
  return ended;
}

/** Sensors go on being read whatever the stage does, until it is over. */
async function sampleUntil(
  { readSensors, timing, clock, log }: StageRunnerDeps,
  context: StageContext,
  sampledAtS: ReadonlyMap<string, number>,
  over: AbortSignal,
): Promise<void> {
  const everyS = timing.sensorMs / 1000;
  // A stage that watches a sensor by itself needs no second watcher.
  const isWatched = (sensor: string) =>
    clock.monotonicS() - (sampledAtS.get(sensor) ?? Number.NEGATIVE_INFINITY) < everyS * 0.9;
  let complained = false;
  while (!over.aborted) {
    try {
      for (const reading of await readSensors(over)) {
        if (!isWatched(reading.sensor)) context.sample(reading);
      }
    } catch (error) {
      if (!complained) log(null, "warn", `The sensors could not be read: ${String(error)}`);
      complained = true;
    }
    await clock.sleep(everyS, over);
  }
}
