import type { Measurement, Proof } from "../../contract/stage-result.ts";
import type { PartOutcome, Planned } from "./burn-parts.ts";
import { type NicPass, runNicPass, streamsFor } from "./iperf-pass.ts";
import { blameNic, type NicTarget, nicTargets } from "./nic-targets.ts";
import type { NetworkTurn, StageContext } from "./stage.ts";

const STREAMS_PER_10G = 2;
/** Tests go in slices, so that hosts which burn at once take turns: a tenth of the burn, within these bounds in s. */
const SLICE_SHARE = 0.1;
const SHORTEST_SLICE_S = 5;
const LONGEST_SLICE_S = 30;
/** What is left of the burn is too little for a test. */
const TOO_SHORT_S = 2;
/** Waiting for others for more of the burn than this is said. */
const WAITED_SHARE = 0.1;

type Peer = { readonly host: string; readonly port: number };

/** The fastest NIC both ways: the peer takes one test at a time, and Network has tried them all. */
export async function networkPart(ctx: StageContext<"Burn">, seconds: number): Promise<Planned> {
  const none = (why: string, absent = false): Planned => ({
    parts: [],
    gaps: [{ what: "network in Burn", why, absent }],
    words: "",
    writing: false,
  });
  const nics = ctx.inventory?.nics ?? [];
  const peer = ctx.claim.networkPeer;
  if (nics.length === 0) return none("The host has no network interface.", true);
  if (peer === null) return none("There is no iperf3 peer to test against.");
  const { targets, error } = await nicTargets(ctx, nics);
  const target = [...targets].sort((a, b) => (b.speedMbps ?? 0) - (a.speedMbps ?? 0))[0];
  if (target === undefined) return none(error ?? "No NIC has both link and address.");
  return {
    parts: [(inner) => burnNetwork(inner, target, peer, seconds)],
    gaps: [],
    words: `, network over ${target.nic.name}`,
    writing: false,
  };
}

/** Slice after slice until the burn is over; between two of them others that wait get their turn. */
async function burnNetwork(
  ctx: StageContext<"Burn">,
  target: NicTarget,
  peer: Peer,
  seconds: number,
): Promise<PartOutcome> {
  const sliceS = Math.round(
    Math.min(LONGEST_SLICE_S, Math.max(SHORTEST_SLICE_S, seconds * SLICE_SHARE)),
  );
  const endS = ctx.clock.monotonicS() + seconds;
  const leftS = () => Math.floor(endS - ctx.clock.monotonicS());
  const passes: NicPass[] = [];
  let waitedS = 0;
  let turn: NetworkTurn | null = null;
  try {
    while (!ctx.signal.aborted && (leftS() > TOO_SHORT_S || passes.length === 0)) {
      if (turn !== null && turn.waiting() > 0) {
        await turn.end();
        turn = null;
      }
      const askedS = ctx.clock.monotonicS();
      turn ??= await ctx.networkTurn({
        mbps: target.speedMbps,
        withinS: leftS(),
        signal: ctx.signal,
      });
      waitedS += ctx.clock.monotonicS() - askedS;
      if (turn === null) break;
      // What would be too little for a slice of its own belongs to this one.
      const last = leftS() - sliceS < SHORTEST_SLICE_S;
      const pass = await runNicPass(ctx, {
        ...{ target, peer, direction: "both" },
        seconds: last ? Math.max(1, leftS()) : sliceS,
        streams: streamsFor(target.speedMbps, STREAMS_PER_10G),
        // No floor: the processors are busy with everything else.
        floorShare: 0,
      });
      passes.push(pass);
      if (pass.error !== null || pass.failures.length > 0) break;
    }
  } finally {
    await turn?.end();
  }
  return outcomeOf(target, passes, { seconds, waitedS });
}

function outcomeOf(
  { nic }: NicTarget,
  passes: readonly NicPass[],
  { seconds, waitedS }: { readonly seconds: number; readonly waitedS: number },
): PartOutcome {
  const proof = summedProof(passes);
  const failures = passes.flatMap((pass) => pass.failures);
  const version = passes.at(-1)?.version ?? null;
  const testedS = proof[0]?.elapsedS ?? 0;
  const why =
    testedS === 0
      ? "It had no turn at the network before the burn was over."
      : `Other hosts had it too: ${Math.round(testedS)} s of ${seconds} s.`;
  // Without a pass nothing was exercised, however short the wait; and a short burn may wait and be tested whole.
  const few = seconds * WAITED_SHARE;
  const hadMost = passes.length > 0 && (waitedS <= few || testedS >= seconds - few);
  const isWhole = hadMost || passes.some(({ error }) => error !== null);
  return {
    part: `network (${nic.name})`,
    proof,
    measurements: summedMeasurements(passes, proof),
    failures,
    error: passes.find(({ error }) => error !== null)?.error ?? null,
    gaps: isWhole || failures.length > 0 ? [] : [{ what: "network in Burn", why, absent: false }],
    blame: failures.length > 0 ? [blameNic(nic)] : [],
    ...(version === null ? {} : { toolVersions: { iperf3: version } }),
  };
}

/** Each slice was held against its own time; the sum asks for no more than what they ran. */
function summedProof(passes: readonly NicPass[]): Proof[] {
  const sums = new Map<string, Proof>();
  for (const one of passes.flatMap(({ proof }) => proof)) {
    const sum = sums.get(one.what);
    const elapsedS = Math.round((one.elapsedS + (sum?.elapsedS ?? 0)) * 100) / 100;
    const requestedS = one.requestedS + (sum?.requestedS ?? 0);
    sums.set(one.what, { ...one, elapsedS, requestedS, work: one.work + (sum?.work ?? 0) });
  }
  const single = passes.length === 1;
  return [...sums.values()].map((sum) =>
    single ? sum : { ...sum, requestedS: Math.min(sum.requestedS, Math.floor(sum.elapsedS)) },
  );
}

/** Throughput over all slices, errors of all together. */
function summedMeasurements(passes: readonly NicPass[], proof: readonly Proof[]): Measurement[] {
  const all = passes.flatMap(({ measurements }) => measurements);
  const errors = all.filter(({ name }) => name === "nic.errors");
  const value = errors.reduce((sum, one) => sum + one.value, 0);
  const rates = (["send", "receive"] as const).flatMap((way) => {
    const rate = all.find(({ name }) => name === `nic.${way}`);
    const whole = proof.find(({ what }) => what.endsWith(` ${way}`));
    if (rate === undefined || whole === undefined) return [];
    return [{ ...rate, value: Math.round(whole.work / whole.elapsedS) }];
  });
  return [...rates, ...errors.slice(0, 1).map((one) => ({ ...one, value }))];
}
