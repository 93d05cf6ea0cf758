import type { StageContext } from "../../../agent/stages/stage.ts";
import type { StageName } from "../../../contract/stages.ts";
import { type Answer, answering, fixture, hostTree } from "../fixture-host.ts";
import { stageContext } from "../stage-context.ts";

const GiB = 1024 ** 3;

/** /proc of a host with two processors and the given memory free. */
export function procFiles(availableBytes = 8 * GiB): Record<string, string> {
  return {
    "/proc/stat": fixture("proc/stat.txt"),
    "/proc/meminfo": `MemTotal: ${(16 * GiB) / 1024} kB\nMemAvailable: ${availableBytes / 1024} kB\n`,
    "/proc/net/dev": fixture("proc/net-dev-veth.txt"),
  };
}

/** What healthy tools say, each in real output: one second of stress. */
export const HEALTHY: Readonly<Record<string, Answer | string>> = {
  "stress-ng --version": "stress-ng, version 0.15.06 (gcc 12.2.0, x86_64 Linux)\n",
  "stress-ng": { stderr: fixture("stress-ng/cpu-pass.txt") },
  dmesg: "<6>[    1.0] booted\n",
  lsblk: '{"blockdevices": [{"name": "loop0", "kname": "loop0", "type": "disk", "size": 1}]}',
  ip: fixture("ip/address-veth.json"),
  ethtool: fixture("ethtool/veth.txt"),
  fio: fixture("fio/sequential-read-ok.stdout.txt"),
};

export interface StressHost<S extends StageName> {
  readonly ctx: StageContext<S>;
  readonly calls: readonly string[];
  readonly log: readonly string[];
  readonly samples: { sensor: string; value: number }[];
  readonly abort: () => void;
}

/**
 * A host under stress whose tools answer from a table. The clock jumps, and lets everything else that waits
 * have its turn, as a real wait would.
 */
export function stressHost<S extends StageName>(
  params: StageContext<S>["params"],
  answers: Parameters<typeof answering>[0],
  overrides: Partial<StageContext<S>> = {},
): StressHost<S> {
  const run = answering({ ...HEALTHY, ...answers });
  const samples: { sensor: string; value: number }[] = [];
  let elapsedS = 0;
  const made = stageContext<S>(params, {
    run,
    files: hostTree(procFiles()),
    sample: (reading) => samples.push(reading),
    clock: {
      now: () => new Date(Date.UTC(2026, 0, 1) + elapsedS * 1000),
      monotonicS: () => elapsedS,
      sleep: (seconds) =>
        new Promise((resolve) => {
          elapsedS += seconds;
          setImmediate(resolve);
        }),
    },
    ...overrides,
  });
  return { ctx: made.ctx, calls: run.calls, log: made.posted.log, samples, abort: made.abort };
}
