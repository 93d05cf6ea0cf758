import {
  type ClaimResponse,
  inventoryResponseSchema,
  type LogLevel,
} from "../contract/agent-api.ts";
import { inventorySchema } from "../contract/inventory.ts";
import type { RunState } from "../contract/run-state.ts";
import type { StageName } from "../contract/stages.ts";
import { BurnReadings } from "./burn-readings.ts";
import type { ClaimDeps } from "./claim.ts";
import { aborted, type Timing } from "./clock.ts";
import type { AgentConfig } from "./config.ts";
import type { Control } from "./control.ts";
import { captureEvidence, captureResetEvidence, type Evidence } from "./evidence.ts";
import { EvidenceShelf } from "./evidence-shelf.ts";
import { Hold } from "./hold.ts";
import type { HostIdentity } from "./host-identity.ts";
import type { SessionLedger } from "./leftovers.ts";
import type { LivePlaces } from "./live-places.ts";
import { type Redact, redactAll } from "./redact.ts";
import type { RunScreen } from "./run-screen.ts";
import { RunWalk } from "./run-walk.ts";
import type { SensorMux } from "./sensor-mux.ts";
import type { ReadSensors } from "./sensor-source.ts";
import { runAttempt, type StageRunnerDeps } from "./stage-runner.ts";
import type { StageClock, StageDefinition } from "./stages/stage.ts";
import type { HostFiles, RunCommand } from "./tools/command.ts";
import type { Transport } from "./transport.ts";

export interface RunSessionDeps {
  readonly config: AgentConfig;
  readonly control: Control;
  readonly claimDeps: ClaimDeps;
  readonly stages: readonly StageDefinition[];
  readonly run: RunCommand;
  readonly files: HostFiles;
  readonly clock: StageClock;
  readonly timing: Timing;
  readonly readSensors: ReadSensors;
  readonly ledger: SessionLedger;
  readonly endMarked: () => number;
  readonly print: (line: string) => void;
  readonly identity: HostIdentity;
  readonly places: LivePlaces;
  readonly screen: RunScreen;
}

/** What the walk and its holds need of the session that they are part of. */
export interface SessionParts {
  readonly deps: RunSessionDeps;
  readonly claim: ClaimResponse;
  readonly redact: Redact;
  readonly transport: Transport;
  readonly say: (stage: StageName | null, level: LogLevel, text: string, source?: string) => void;
  readonly sample: SensorMux["add"];
  /** Hands in all samples and lines that wait. */
  readonly flush: () => void;
  readonly askState: () => Promise<RunState | null>;
  readonly networkTurn: StageRunnerDeps["networkTurn"];
  /** Sends a heartbeat now instead of at the next turn. */
  readonly poke: () => void;
}

/** The last minute of samples is evidence. */
const EVIDENCE_SAMPLES_S = 60;

export function createShelf({ deps, say }: SessionParts): EvidenceShelf {
  return new EvidenceShelf({
    folder: `${deps.config.stateDir}/evidence`,
    onProblem: (text) => say(null, "warn", text),
  });
}

export function createHold({ deps, claim, say, poke }: SessionParts, shelf: EvidenceShelf): Hold {
  const { run, files, config, places, identity, timing, screen } = deps;
  const { runId, profile, nonDestructive, sshKeys, hostName } = claim;
  const { liveImage, stateDir, mac, consoleUrl } = config;
  return new Hold({
    ...places,
    ...{ run, files, liveImage, stateDir, mac, sshKeys },
    farewellMs: timing.farewellMs,
    // Nothing said on a hold may name a stage.
    log: (level, text) => say(null, level, text),
    greetingFacts: () => ({
      host: { ...identity, name: hostName ?? null },
      ...{ runId, profile, nonDestructive, consoleUrl },
      evidence: shelf.list(),
    }),
    onLogin: (login) => {
      screen.login(login);
      poke();
    },
  });
}

export function createWalk(parts: SessionParts, hold: Hold, shelf: EvidenceShelf): RunWalk {
  const { deps, claim, redact, transport, say, sample, flush, poke, networkTurn } = parts;
  const { control, config, clock, timing, screen } = deps;
  const { liveImage } = config;
  const evidenceDeps = { ...deps, redact };
  const postEvidence = (stage: StageName | null, evidence: Evidence) => {
    if (liveImage) shelf.put(stage, evidence);
    void transport.send("evidence", 1, (sequence) => ({ sequence, stage, ...evidence }));
  };
  const walk: RunWalk = new RunWalk(
    {
      ...{ control, timing, postEvidence, poke, screen },
      now: () => clock.now(),
      runAttempt: (stage, facts) =>
        runAttempt(
          {
            ...{ ...deps, liveImage, log: say, sample, networkTurn },
            postInventory: (inventory) => {
              // A document that the console would refuse is the stage's mistake, and belongs into its outcome.
              const fit = inventorySchema.parse(redactAll(inventory, redact));
              walk.learnInventory(fit);
              void transport
                .send("inventory", 1, (sequence) => ({ sequence, inventory: fit }))
                .then((delivery) => {
                  if (delivery.kind !== "stored") return;
                  walk.learnSpec(inventoryResponseSchema.parse(delivery.body).spec);
                });
            },
            postFirmware: (rows) => {
              const components = redactAll(rows, redact);
              walk.learnFirmware(components);
              void transport.send("firmware", 1, (sequence) => ({ sequence, components }));
            },
            postEvidence: (at, evidence) =>
              postEvidence(at, { ...evidence, text: redact(evidence.text) }),
            endStrays: () => deps.endMarked(),
          },
          stage,
          facts,
        ),
      captureEvidence: ({ readings, toolOutput }, signal) =>
        captureEvidence(
          { ...evidenceDeps, signal },
          { samples: readings.csv(EVIDENCE_SAMPLES_S), toolOutput },
        ),
      captureResetEvidence: (signal) => captureResetEvidence({ ...evidenceDeps, signal }),
      postResult: (outcome) => {
        flush();
        const clean = redactAll(outcome, redact);
        return transport.send("result", 1, (sequence) => ({ sequence, ...clean }));
      },
      askState: async () => {
        // What is still under way may name a stage, and would be taken for the begin of an overridden attempt.
        await Promise.race([transport.drained(), aborted(control.ended)]);
        return parts.askState();
      },
      hold: {
        open: (failure) => hold.open(redactAll(failure, redact)),
        end: () => hold.end(),
        endLeftOver: () => hold.endLeftOver(),
      },
      burnReadings: new BurnReadings(config.stateDir, claim.runId),
      log: say,
    },
    claim,
  );
  return walk;
}
