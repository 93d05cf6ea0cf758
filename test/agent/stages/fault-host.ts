import { STAGE_DEFINITIONS } from "../../../agent/stages/index.ts";
import type { StageContext, StageReport } from "../../../agent/stages/stage.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { BUILT_IN_PROFILES, type StageParams } from "../../../contract/stage-params.ts";
import { stageOutcomeSchema } from "../../../contract/stage-result.ts";
import type { StageName } from "../../../contract/stages.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { type Answers, fixture, hostTree } from "../fixture-host.ts";
import { ataDisk } from "../tools/smart-json.ts";
import { procFiles, stressHost } from "./stress-host.ts";

/** What is wrong with the host: its tools' answers, its files, or what the stage is told. */
export interface Fault {
  readonly answers?: Answers;
  /** Files over the healthy ones. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Files that change once the stage has begun to stress. */
  readonly later?: Readonly<Record<string, string>>;
  /** What the NIC under test counts of iperf3's bytes; 1 is all. */
  readonly counted?: number;
  readonly context?: Partial<StageContext>;
}

const bytes = (name: string, key: string) =>
  (JSON.parse(fixture(`iperf3/${name}.json`)) as { end: Record<string, { bytes: number }> }).end[
    key
  ]?.bytes ?? 0;
const SENT = Math.max(bytes("send", "sum_received"), bytes("both", "sum_received"));
const RECEIVED = Math.max(
  bytes("receive", "sum_received"),
  bytes("both", "sum_received_bidir_reverse"),
);

export const DISK: Inventory["disks"][number] = {
  ...{ name: "loop0", byId: null, model: "Bench Disk", serial: "VT-1", wwn: null, slot: "Bay 3" },
  ...{ inUse: null, sizeBytes: 1e9, transport: "sata", rotational: true },
};
const GPU = {
  ...{ pciAddress: "0000:3b:00.0", vendor: "NVIDIA Corporation", model: "GA107GL [A2]" },
  ...{ serial: null, driver: null },
};
export const INVENTORY: Inventory = {
  ...emptyInventory,
  logicalCpus: 2,
  disks: [DISK],
  nics: [
    {
      ...{ name: "va2", mac: "52:54:00:00:00:01", driver: "veth", speedMbps: null },
      ...{ maxSpeedMbps: null, carrier: true, pciAddress: null, model: null },
    },
  ],
  gpus: [GPU, { ...GPU, pciAddress: "0000:5e:00.0" }],
};

/** Two cards as `nvidia-smi --query-gpu` prints them. */
export function nvidia(cards: readonly Partial<Record<string, string>>[] = [{}, {}]): string {
  const rows = cards.map((over, index) => ({
    ...{ index: `${index}`, name: "NVIDIA A2", uuid: `GPU-${index}`, "temperature.gpu": "70" },
    ...{ "utilization.gpu [%]": "99 %", "ecc.errors.uncorrected.volatile.total": "0" },
    ...{ "pcie.link.width.current": "16", "pcie.link.width.max": "16" },
    ...over,
  }));
  const header = Object.keys(rows[0] ?? { index: "", uuid: "" }).join(", ");
  return `${[header, ...rows.map((row) => Object.values(row).join(", "))].join("\n")}\n`;
}
export const BURNT =
  "50.0%  proc'd: 10 (800 Gflop/s) - 10 (790 Gflop/s)   errors: 0 - 0   temps: 60 C - 61 C \nTested 2 GPUs:\n\tGPU 0: OK\n\tGPU 1: OK\n";
export const SDR = [
  "PS1 Status       | 52h | ok  | 10.1 | Presence detected",
  "PS Redundancy    | 77h | ok  | 19.1 | Fully Redundant",
  "P12V             | 30h | ok  |  7.1 | 12.10 Volts",
].join("\n");
const BLOCKS = JSON.stringify({
  blockdevices: [{ name: "loop0", kname: "loop0", type: "disk", tran: "sata", size: 1e9 }],
});
/** `lsblk` of one examined SATA disk: a loop device by name would be passed over by SMART. */
export const SATA = BLOCKS.replaceAll("loop0", "sda");

const TOOLS: Answers = {
  dmidecode: fixture("dmidecode/qemu-q35.txt"),
  lscpu: fixture("lscpu/qemu-q35.json"),
  lspci: fixture("lspci/qemu-q35.txt"),
  lsblk: BLOCKS,
  smartctl: JSON.stringify(ataDisk({})),
  "nvidia-smi": nvidia(),
  gpu_burn: BURNT,
  "ipmitool sdr elist all": SDR,
  "ipmitool sensor": "",
  "ipmitool sel info": fixture("ipmitool/qemu-sel-info.txt"),
  "ipmitool dcmi power reading": "",
  "ipmitool mc info": fixture("ipmitool/qemu-mc-info.txt"),
  "ipmitool fru print": fixture("ipmitool/qemu-fru.txt"),
  ipmitool: { stderr: "Invalid channel: 0\n", exitCode: 1 },
};
/** Tools that answer otherwise in one stage: real `ip` and `lsblk` serve several by their arguments. */
const OWN_TOOLS: Partial<Record<StageName, Answers>> = {
  Inventory: {
    ip: fixture("ip-link/qemu-e1000e.json"),
    "ethtool -i eth0": fixture("ethtool/qemu-e1000e-i.txt"),
    ethtool: fixture("ethtool/qemu-e1000e.txt"),
    lsblk: fixture("lsblk/qemu-sata-usb-nvme.json"),
  },
  Firmware: {
    ip: fixture("ip-link/qemu-e1000e.json"),
    ethtool: fixture("ethtool/qemu-e1000e-i.txt"),
  },
  SMART: { lsblk: SATA },
};

/** All durations one second, which is what the fixtures took. */
const PARAMS: StageParams = {
  ...BUILT_IN_PROFILES.quick,
  SMART: { selfTest: "none", selfTestTimeoutSeconds: 600 },
  CPUStress: { cpuSeconds: 1, ramSeconds: 1, settleSeconds: 0 },
  Storage: { readSeconds: 1, writeSeconds: 1, badblocks: true, queueDepth: 8 },
  Network: { secondsPerDirection: 1, streamsPer10G: 2, floorShare: 0.7 },
  Burn: { seconds: 1, settleSeconds: 0 },
  GPU: { seconds: 1, dcgmLevel: 2 },
};

/** What PSU finds of the burn on a healthy host. */
export function burnt(rail = 12.1, events = 0): ReturnType<StageContext["burnReadings"]> {
  return new Map([
    ["psu.rail[P12V]", [{ t: 1, value: rail }]],
    ["bmc.events", [{ t: 1, value: events }]],
  ]);
}

export interface Outcome {
  readonly report: StageReport;
  /** As the console will judge the claim. */
  readonly result: string;
  readonly calls: readonly string[];
  readonly log: string;
}

/** The stage's real code over a healthy host with one fault in it. */
export async function runWith(stage: StageName, fault: Fault = {}): Promise<Outcome> {
  const definition = STAGE_DEFINITIONS.find(({ name }) => name === stage);
  if (definition === undefined) throw new Error(`no stage ${stage}`);
  const texts: Record<string, string> = {
    ...procFiles(),
    "/proc/cpuinfo": "processor\t: 0\nphysical id\t: 0\nmicrocode\t: 0x1000065\n",
    ...fault.texts,
  };
  const row = (received: number, sent: number) =>
    `  va2: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0\n`;
  const count = { received: 1e12, sent: 1e12 };
  texts["/proc/net/dev"] = row(count.received, count.sent);
  const iperf = () => {
    count.received += Math.round(RECEIVED * (fault.counted ?? 1));
    count.sent += Math.round(SENT * (fault.counted ?? 1));
    texts["/proc/net/dev"] = row(count.received, count.sent);
  };
  const healthyIperf = (args: string) => {
    if (args.includes("--bidir")) return fixture("iperf3/both.json");
    return fixture(`iperf3/${args.includes("--reverse") ? "receive" : "send"}.json`);
  };
  const host = stressHost(
    PARAMS[stage],
    { ...TOOLS, ...OWN_TOOLS[stage], ...fault.answers },
    {
      files: hostTree(texts, { "/sys/class/net/eth0/device": "/sys/devices/pci" }),
      inventory: INVENTORY,
      claim: { spec: null, networkPeer: { host: "10.77.0.2", port: 5201 } },
      burnReadings: () => burnt(),
      ...fault.context,
    },
  );
  const { run } = host.ctx;
  const STRESS = ["stress-ng", "fio", "iperf3", "gpu_burn", "dcgmi"];
  const ctx: StageContext = {
    ...host.ctx,
    run: (tool, args, options) => {
      if (STRESS.includes(tool)) Object.assign(texts, fault.later);
      if (tool !== "iperf3") return run(tool, args, options);
      iperf();
      if (fault.answers?.iperf3 !== undefined) return run(tool, args, options);
      return run(tool, args, options).then((result) => ({
        ...result,
        outcome: "exited",
        exitCode: 0,
        stdout: healthyIperf(args.join(" ")),
      }));
    },
  };
  const report = await definition.run(ctx);
  const at = "2026-01-01T00:00:00.000Z";
  const outcome = stageOutcomeSchema.parse({ ...report, stage, startedAt: at, endedAt: at });
  const judged = judgeStage({ ...outcome, stage }, []);
  return { report, result: judged.result, calls: host.calls, log: host.log.join("\n") };
}
