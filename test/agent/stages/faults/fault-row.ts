import type { StageName } from "../../../../contract/stages.ts";
import { type Answer, fixture } from "../../fixture-host.ts";
import { DISK, type Fault, INVENTORY } from "../fault-host.ts";

/** `gap` and `warning` leave the stage as it is, and say so. */
export type Comes = "fail" | "error" | "gap" | "warning";

/** One fault: where, what, how it is put in, what must come of it, and which words tell it. */
export type Row = readonly [StageName, string, Fault, Comes, RegExp];

export const LIVE = { liveImage: true, nonDestructive: false };
export const fio = (name: string, over: Partial<Answer> = {}): Answer => ({
  stdout: fixture(`fio/${name}.stdout.txt`),
  ...over,
});
export const FIO_OK = fixture("fio/sequential-read-ok.stdout.txt");
export const CPU_OK = fixture("stress-ng/cpu-pass.txt");
export const iperf = (change: (report: { end: Record<string, { bytes: number }> }) => object) =>
  JSON.stringify(change(JSON.parse(fixture("iperf3/send.json"))));
export const inTurn = (...answers: (Answer | string)[]) => {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as Answer;
};
export const smarts = (...drives: object[]) =>
  inTurn(...drives.map((drive) => JSON.stringify(drive)));
export const disk = (over: Partial<typeof DISK>) => ({
  ...INVENTORY,
  disks: [{ ...DISK, ...over }],
});
export const EDAC = "/sys/devices/system/edac/mc/mc0";
export const edac = (ce: string, ue: string) => ({
  [`${EDAC}/ce_count`]: ce,
  [`${EDAC}/ue_count`]: ue,
});
export const says = (...lines: string[]) =>
  inTurn("<6>[ 1.0] booted\n", lines.map((line, at) => `<2>[ ${at + 2}.0] ${line}\n`).join(""));
export const diag = (...results: [name: string, status: string, gpu: number][]) =>
  JSON.stringify({
    "DCGM Diagnostic": {
      test_categories: [
        {
          category: "Stress",
          tests: results.map(([name, status, gpu]) => ({
            name,
            results: [{ status, entity_id: gpu }],
          })),
        },
      ],
    },
  });
export const UE = "EDAC MC0: 1 UE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0";
export const CORRECTED_AER = Array.from(
  { length: 300 },
  (_, at) => `pcieport 0000:00:0${at % 9}.0: PCIe Bus Error: severity=Corrected, type=Physical`,
);
