import { stageParamsSchemas } from "../../contract/stage-params.ts";
import type { Blame, Gap, Measurement, Proof } from "../../contract/stage-result.ts";
import { readEthtoolStats } from "../tools/ethtool.ts";
import { type NicPassPlan, runNicPass, streamsFor } from "./iperf-pass.ts";
import { blameNic, type NicTarget, nicTargets } from "./nic-targets.ts";
import type { StageContext, StageDefinition, StageReport } from "./stage.ts";
import { endedEarly, erred, failed, passed, skipped } from "./stage-report.ts";
import { StressWindow } from "./stress-window.ts";
import { blameOnce, judgeWindow, WINDOW_MEASUREMENTS } from "./window-judgement.ts";

export const networkStage: StageDefinition<"Network"> = {
  name: "Network",
  title: "Network throughput",
  tools: ["iperf3", "ip", "ethtool"],
  paramsSchema: stageParamsSchemas.Network,
  measurements: [
    { name: "nic.send", unit: "By/s", title: "Throughput, sending" },
    { name: "nic.receive", unit: "By/s", title: "Throughput, receiving" },
    { name: "nic.errors", unit: "1", title: "Error counters of the interface" },
    { name: "nic.driver_errors", unit: "1", title: "Error counters of the driver" },
    { name: "nic.link_speed", unit: "Mbit/s", title: "Negotiated speed" },
    ...WINDOW_MEASUREMENTS,
  ],
  run: runNetwork,
};

interface Progress {
  readonly proof: Proof[];
  readonly measurements: Measurement[];
  readonly failures: string[];
  readonly warnings: string[];
  readonly errors: string[];
  readonly blame: Blame[];
  readonly toolVersions: Record<string, string>;
}

async function runNetwork(ctx: StageContext<"Network">): Promise<StageReport> {
  if (ctx.inventory === null) return erred("Inventory did not run, so no NIC is known.");
  const { nics } = ctx.inventory;
  if (nics.length === 0) {
    const why = "The host has no network interface.";
    return skipped(why, [{ what: "network interfaces", why, absent: true }]);
  }
  const found = await nicTargets(ctx, nics);
  if (found.error !== null) return erred(found.error);
  if (found.withLink === 0) {
    const names = nics.map(({ name }) => name).join(", ");
    const reason = `No NIC has link: ${names}.`;
    const expected = ctx.claim.spec?.expect.nics ?? 0;
    return expected > 0
      ? failed([reason], `The spec expects ${expected} NICs.`, { blame: nics.map(blameNic) })
      : skipped(reason, found.gaps);
  }
  const peer = ctx.claim.networkPeer;
  if (peer === null) {
    return skipped("There is no iperf3 peer to test against.", [
      { what: "no iperf3 peer", why: "No throughput was measured on any NIC.", absent: false },
      ...found.gaps,
    ]);
  }
  if (found.targets.length === 0) {
    return skipped("No NIC with link has an address to test from.", found.gaps);
  }
  return StressWindow.over(ctx, (window) => stress(ctx, window, found.targets, found.gaps, peer));
}

async function stress(
  ctx: StageContext<"Network">,
  window: StressWindow,
  targets: readonly NicTarget[],
  linkGaps: readonly Gap[],
  peer: { readonly host: string; readonly port: number },
): Promise<StageReport> {
  const progress: Progress = {
    proof: [],
    measurements: [],
    failures: [],
    warnings: [],
    errors: [],
    blame: [],
    toolVersions: {},
  };
  for (const target of targets) {
    if (!ctx.signal.aborted) await testNic(ctx, window, target, peer, progress);
  }
  const host = judgeWindow(await window.close(), ctx.inventory);
  const { proof, blame, toolVersions } = progress;
  for (const part of host.blame) blameOnce(blame, part);
  const findings = {
    proof,
    measurements: [...progress.measurements, ...host.measurements],
    gaps: [...linkGaps, ...host.gaps.filter(({ absent }) => !absent)],
    blame,
    toolVersions,
  };
  if (ctx.signal.aborted) return endedEarly(host.failures, findings);
  const failures = [...progress.failures, ...host.failures];
  const rates = progress.measurements
    .filter(({ name }) => name === "nic.send" || name === "nic.receive")
    .map(
      ({ name, item, value }) =>
        `${item} ${name.replace("nic.", "")} ${Math.round((value * 8) / 1e6)} Mbit/s`,
    );
  const summary = `${rates.join(", ")}. ${progress.warnings.join(" ")}`.trim();
  if (failures.length > 0) return failed(failures, summary, findings);
  if (progress.errors.length > 0) return erred([...new Set(progress.errors)].join(" "), findings);
  return passed(summary, findings);
}

async function testNic(
  ctx: StageContext<"Network">,
  window: StressWindow,
  target: NicTarget,
  peer: { readonly host: string; readonly port: number },
  progress: Progress,
): Promise<void> {
  const { secondsPerDirection: seconds, streamsPer10G, floorShare } = ctx.params;
  const { nic, speedMbps } = target;
  const streams = streamsFor(speedMbps, streamsPer10G);
  const driverBefore = await driverErrors(ctx, nic.name);
  const failuresBefore = progress.failures.length;
  if (speedMbps !== null) {
    const item = nic.name;
    progress.measurements.push({ name: "nic.link_speed", value: speedMbps, unit: "Mbit/s", item });
  }
  const turn = await ctx.networkTurn({ mbps: speedMbps, withinS: null, signal: ctx.signal });
  if (turn === null) return;
  try {
    await testBothWays(ctx, window, { target, peer, seconds, streams, floorShare }, progress);
  } finally {
    await turn.end();
  }
  const risen = await risenDriverErrors(ctx, nic.name, driverBefore);
  if (risen !== null) {
    const value = [...risen.values()].reduce((a, b) => a + b, 0);
    progress.measurements.push({ name: "nic.driver_errors", value, unit: "1", item: nic.name });
    const names = [...risen].map(([name, count]) => `${name} +${count}`).join(", ");
    if (value > 0) progress.warnings.push(`The driver of ${nic.name} counted ${names}.`);
  }
  if (progress.failures.length > failuresBefore) progress.blame.push(blameNic(nic));
}

/** One direction after the other: both at once would share the processors. */
async function testBothWays(
  ctx: StageContext<"Network">,
  window: StressWindow,
  plan: Omit<NicPassPlan, "direction">,
  progress: Progress,
): Promise<void> {
  const { target, seconds, streams } = plan;
  for (const direction of ["send", "receive"] as const) {
    ctx.log("info", `${target.nic.name}: ${direction} for ${seconds} s in ${streams} streams.`);
    await window.beginPhase();
    const pass = await runNicPass(ctx, { ...plan, direction });
    const { utilisationPercent: _hosts, ...ranges } = await window.endPhase();
    if (ctx.signal.aborted) return;
    progress.proof.push(...pass.proof.map((one) => ({ ...one, ...ranges })));
    progress.measurements.push(...pass.measurements);
    progress.failures.push(...pass.failures);
    progress.warnings.push(...pass.warnings);
    if (pass.error !== null) progress.errors.push(pass.error);
    if (pass.version !== null) progress.toolVersions.iperf3 = pass.version;
  }
}

/** Drivers name their counters as they like; these words are common to the bad ones. */
const BAD_COUNTER = /crc|err|symbol|jabber|fragment|undersize|oversize|carrier|missed/i;

async function driverErrors(
  ctx: StageContext<"Network">,
  nic: string,
): Promise<ReadonlyMap<string, number> | null> {
  const stats = await readEthtoolStats(ctx, nic);
  if (stats.kind !== "ok" || stats.value.size === 0) return null;
  return new Map([...stats.value].filter(([name]) => BAD_COUNTER.test(name)));
}

async function risenDriverErrors(
  ctx: StageContext<"Network">,
  nic: string,
  before: ReadonlyMap<string, number> | null,
): Promise<ReadonlyMap<string, number> | null> {
  const after = before === null ? null : await driverErrors(ctx, nic);
  if (before === null || after === null) return null;
  return new Map(
    [...after]
      .map(([name, count]) => [name, count - (before.get(name) ?? count)] as const)
      .filter(([, delta]) => delta > 0),
  );
}
