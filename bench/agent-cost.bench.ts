import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostSummary, RunDetail } from "../contract/console-api.ts";
import { openDatabase } from "../server/db/open.ts";
import { createStore } from "../server/db/store.ts";
import { ConsoleProcess } from "../test/e2e/console-process.ts";
import { HostNamespace } from "../test/e2e/host-namespace.ts";
import { RealAgent } from "../test/e2e/real-agent.ts";
import { fetchBootToken } from "../test/e2e/scripted-agent.ts";
import { median, report } from "./harness.ts";

/** What the agent itself costs a host under stress, and how long a run stands between two stages. */
const CPU_SECONDS = 10;
/** Linux counts process time in ticks of 1/100 s (USER_HZ, fixed in the ABI). */
const TICKS_PER_SECOND = 100;
const PAGE_MIB = 4096 / 1024 / 1024;

interface Usage {
  readonly cpuS: number;
  readonly rssMiB: number;
}
function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return { cpuS: (field(14) + field(15)) / TICKS_PER_SECOND, rssMiB: field(24) * PAGE_MIB };
}

const hostNamespace = new HostNamespace(0);
const mac = hostNamespace.mac;
const console_ = await new ConsoleProcess(hostNamespace.labAddress, {
  agent: { heartbeatSeconds: 5 },
  profiles: {
    quick: {
      SMART: { selfTest: "none" },
      CPUStress: { cpuSeconds: CPU_SECONDS, ramSeconds: 2, settleSeconds: 0 },
      Storage: { readSeconds: 1, writeSeconds: 1 },
      Network: { secondsPerDirection: 1, floorShare: 0 },
      Burn: { seconds: 2, settleSeconds: 0 },
    },
  },
}).start();
const { body: host } = await console_.api<HostSummary>("POST", "hosts", { mac });
const { runId } = await console_.startRun(host.id, { start: "wake" });
const bootToken = (await fetchBootToken(console_.labUrl, mac)) ?? "";
const agent = new RealAgent({
  labUrl: console_.labUrl,
  bootToken,
  mac,
  bootId: "bench",
  namespace: hostNamespace,
}).start();

async function until(condition: (run: RunDetail) => boolean, timeoutS: number): Promise<RunDetail> {
  for (let waited = 0; waited < timeoutS; waited += 0.1) {
    const run = await console_.run(runId);
    if (condition(run)) return run;
    await sleep(100);
  }
  throw new Error(`The run stands in ${(await console_.run(runId)).state}: ${agent.output}`);
}

try {
  await until(({ state }) => state === "CPUStress", 60);
  const before = usageOf(agent.pid);
  const began = performance.now();
  const rss: number[] = [];
  while (performance.now() - began < (CPU_SECONDS - 1) * 1000) {
    rss.push(usageOf(agent.pid).rssMiB);
    await sleep(250);
  }
  const cpuS = usageOf(agent.pid).cpuS - before.cpuS;
  const elapsedS = (performance.now() - began) / 1000;
  const run = await until(({ state }) => ["Passed", "FailedHolding"].includes(state), 120);
  if (run.state !== "Passed") throw new Error(`The run ended in ${run.state}: ${run.reason}`);
  await console_.stop();
  const db = openDatabase(join(console_.dataDir, "data/vetting.db"));
  const outcomes = createStore(db)
    .attempts.list(runId)
    .flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
  db.close();
  const gapsMs = outcomes
    .slice(1)
    .map((next, index) => Date.parse(next.startedAt) - Date.parse(outcomes[index]?.endedAt ?? ""));
  report("agent-cost", [
    {
      what: "agent CPU during CPUStress",
      value: (cpuS / elapsedS) * 100,
      unit: "% of one core",
      aim: "under 5 %",
    },
    { what: "agent memory during CPUStress (peak RSS)", value: Math.max(...rss), unit: "MiB" },
    {
      what: "stage end to next stage start, median",
      value: median(gapsMs),
      unit: "ms",
      aim: "under 500 ms",
    },
    { what: "stage end to next stage start, worst", value: Math.max(...gapsMs), unit: "ms" },
  ]);
} finally {
  await agent.end();
  await console_.end();
  hostNamespace.end();
}
