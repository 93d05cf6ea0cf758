/** Runs and hosts as the console's API would give them, for tests of the report and the renderer. */
import { load } from "js-yaml";
import type {
  DoctorResponse,
  HostSummary,
  RunDetail,
  RunSummary,
  SeriesResponse,
  StageAttempt,
} from "../../contract/console-api.ts";
import type { FirmwareRow } from "../../contract/firmware.ts";
import type { Inventory } from "../../contract/inventory.ts";
import type { SettingsResponse } from "../../contract/settings-api.ts";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import { STAGES, type StageName } from "../../contract/stages.ts";
import { vettingConfigSchema } from "../../contract/vetting-config.ts";

export const T0 = Date.parse("2026-03-02T09:00:00.000Z");

export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString();
}

const LENGTH_S: Readonly<Record<StageName, number>> = {
  Inventory: 9,
  Firmware: 6,
  SpecValidate: 1,
  SMART: 131,
  CPUStress: 372,
  Storage: 244,
  Network: 63,
  Burn: 311,
  GPU: 1,
  PSU: 3,
  Reporting: 2,
};

let nextAttempt = 1;

/** A finished attempt of a stage that started `fromS` seconds into the run. */
export function attempt(
  stage: StageName,
  fromS: number,
  changes: Partial<StageAttempt> = {},
): StageAttempt {
  return {
    id: nextAttempt++,
    stage,
    attempt: 1,
    status: "complete",
    result: "pass",
    claimedResult: "pass",
    reason: null,
    summary: null,
    startedAt: at(fromS),
    endedAt: at(fromS + LENGTH_S[stage]),
    expectedSeconds: LENGTH_S[stage],
    proof: [],
    measurements: [],
    gaps: [],
    blame: [],
    toolVersions: {},
    breaches: [],
    ...changes,
  };
}

const GOOD: Readonly<Partial<Record<StageName, Partial<StageAttempt>>>> = {
  Inventory: {
    summary: "2 CPUs, 4 DIMMs, 2 disks, 2 NICs.",
    toolVersions: { dmidecode: "3.4", lscpu: "2.38.1", lspci: "3.9.0" },
  },
  Firmware: { summary: "5 components read, 1 not readable." },
  SpecValidate: { summary: "Matches r640." },
  SMART: {
    summary: "2 disks healthy, short self-test passed.",
    measurements: [
      { name: "disk.reallocated_sectors", item: "sda", value: 0, unit: "1", max: 0 },
      { name: "disk.available_spare", item: "nvme0", value: 100, unit: "%", min: 10 },
    ],
    toolVersions: { smartctl: "7.3" },
  },
  CPUStress: {
    summary: "4 cores, 100 % for 3 min 00.",
    proof: [
      {
        what: "cpu",
        requestedS: 180,
        elapsedS: 180.4,
        work: 8_100_000,
        unit: "1",
        utilisationPercent: 99.6,
        maxTempC: 71,
      },
      { what: "ram", requestedS: 180, elapsedS: 181, work: 5.1e12, unit: "By", maxTempC: 64 },
    ],
    measurements: [
      { name: "cpu.bogo_ops", value: 8_100_000, unit: "1" },
      { name: "memory.edac.ce", item: "DIMM_A1", value: 0, unit: "1", max: 0 },
    ],
    gaps: [{ what: "ECC counters", why: "No EDAC driver is loaded for this CPU.", absent: false }],
    toolVersions: { "stress-ng": "0.15.06" },
  },
  Storage: {
    summary: "2 disks, read-only.",
    proof: [
      { what: "disk sda read", requestedS: 30, elapsedS: 30.1, work: 1.62e10, unit: "By" },
      { what: "disk nvme0n1 read", requestedS: 30, elapsedS: 30, work: 9.6e10, unit: "By" },
    ],
    toolVersions: { fio: "3.33" },
  },
  Network: {
    summary: "2 NICs in both directions.",
    proof: [
      { what: "nic eno1 send", requestedS: 30, elapsedS: 30, work: 3.5e10, unit: "By" },
      { what: "nic eno1 receive", requestedS: 30, elapsedS: 30, work: 3.51e10, unit: "By" },
    ],
    measurements: [
      { name: "nic.throughput", item: "eno1", value: 1.17e9, unit: "By/s", min: 8.75e8 },
    ],
    toolVersions: { iperf3: "3.12" },
  },
  Burn: {
    summary: "CPU, memory, disk and network together for 5 min 00.",
    proof: [
      {
        what: "cpu",
        requestedS: 300,
        elapsedS: 300.6,
        work: 12_400_000,
        unit: "1",
        maxTempC: 78,
        maxPowerW: 412,
      },
    ],
  },
  GPU: {
    status: "skipped",
    result: "not_applicable",
    claimedResult: "not_applicable",
    reason: "The host has no GPU.",
    gaps: [{ what: "GPU", why: "The host has no GPU.", absent: true }],
  },
  PSU: {
    summary: "2 supplies, rails within 5 %.",
    measurements: [
      { name: "psu.rail", item: "12 V", value: 12.1, unit: "V", min: 11.4, max: 12.6 },
    ],
    toolVersions: { ipmitool: "1.8.19" },
  },
};

/** Good attempts of the stages up to but not including `end`, one after another. */
export function goodStages(end?: StageName): StageAttempt[] {
  const wanted = end === undefined ? STAGES : STAGES.slice(0, STAGES.indexOf(end));
  let fromS = 120;
  return wanted.map((stage) => {
    const made = attempt(stage, fromS, GOOD[stage]);
    fromS += LENGTH_S[stage] + 2;
    return made;
  });
}

/** When a stage begins in a run of good stages, in seconds. */
export function startOf(stage: StageName): number {
  return STAGES.slice(0, STAGES.indexOf(stage)).reduce((sum, s) => sum + LENGTH_S[s] + 2, 120);
}

export const INVENTORY: Inventory = {
  system: {
    vendor: "Dell Inc.",
    product: "PowerEdge R640",
    serial: "7XK2P33",
    uuid: "4c4c4544-0058-4b10-8032-b7c04f503333",
    sku: null,
  },
  board: { vendor: "Dell Inc.", product: "0H28RR", serial: "..CNFCP0084R006Q.", version: "A07" },
  bios: { vendor: "Dell Inc.", version: "2.19.1", date: "06/04/2023" },
  cpus: [
    { socket: "CPU1", model: "Xeon Gold 6130", cores: 16, threads: 32, maxMHz: 3700 },
    { socket: "CPU2", model: "Xeon Gold 6130", cores: 16, threads: 32, maxMHz: 3700 },
  ],
  logicalCpus: 64,
  physicalCores: 32,
  memoryBytes: 64 * 2 ** 30,
  dimms: ["A1", "A2", "B1", "B2"].map((slot, index) => ({
    locator: slot,
    bank: null,
    sizeBytes: 16 * 2 ** 30,
    type: "DDR4",
    speedMTps: 2666,
    configuredMTps: 2666,
    rank: 2,
    manufacturer: "Hynix Semiconductor",
    partNumber: "HMA82GR7AFR8N-VK",
    serial: `1C0A77F${index}`,
  })),
  disks: [
    {
      name: "sda",
      byId: "ata-ST1000NX0423_W4716D0B",
      model: "ST1000NX0423",
      serial: "W4716D0B",
      wwn: "0x5000c500a1b2c3d4",
      sizeBytes: 1e12,
      transport: "sata",
      rotational: true,
      slot: "0",
      inUse: null,
    },
    {
      name: "nvme0n1",
      byId: "nvme-Dell_Express_Flash_S439NA0M501234",
      model: "Dell Express Flash PM1725b",
      serial: "S439NA0M501234",
      wwn: null,
      sizeBytes: 1.6e12,
      transport: "nvme",
      rotational: false,
      slot: "21",
      inUse: "mounted on /",
    },
  ],
  nics: [
    {
      name: "eno1",
      mac: "52:54:00:12:34:56",
      driver: "i40e",
      speedMbps: 10_000,
      maxSpeedMbps: 10_000,
      carrier: true,
      pciAddress: "0000:19:00.0",
      model: "Ethernet Controller X710",
    },
  ],
  gpus: [],
  psus: [{ slot: "PSU1", model: "PWR SPLY,750WP,RDNT", serial: "PHARP0085U00WX", present: true }],
  bmc: { vendor: "DELL Inc", firmware: "6.10", ipmiVersion: "2.0", address: null },
  edacControllers: [],
  secureBoot: "disabled",
  problems: [],
};

export const FIRMWARE: FirmwareRow[] = [
  {
    component: "bios",
    identifier: "system",
    aliases: [],
    vendor: "Dell Inc.",
    model: null,
    version: "2.19.1",
    date: "06/04/2023",
    problem: null,
  },
  {
    component: "nic",
    identifier: "0000:19:00.0",
    aliases: ["eno1"],
    vendor: "Intel",
    model: "X710",
    version: "22.31.6",
    date: null,
    problem: null,
  },
  {
    component: "bmc",
    identifier: "system",
    aliases: [],
    vendor: null,
    model: null,
    version: null,
    date: null,
    problem: "ipmitool: Could not open device at /dev/ipmi0",
  },
];

export function summary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 7,
    hostId: 1,
    hostName: "orion",
    profile: "quick",
    nonDestructive: true,
    state: "Passed",
    verdict: "pass",
    failedStage: null,
    reason: null,
    start: "reporter",
    afterPass: "power_off",
    operator: "M. Ortiz",
    ticket: "LAB-311",
    createdAt: at(0),
    startedAt: at(4),
    endedAt: at(1285),
    stateSince: at(1285),
    remainingSeconds: null,
    silentSince: null,
    warnings: [],
    ...changes,
  };
}

export function detail(changes: Partial<RunDetail> = {}): RunDetail {
  return {
    ...summary(),
    stages: goodStages(),
    gaps: [],
    overrides: [],
    evidence: [],
    thresholds: [
      { sensor: "cpu.package.temp", max: "sensor-critical", forSeconds: 10, severity: "fail" },
      { sensor: "psu.power", max: 500, forSeconds: 5, severity: "warn" },
    ],
    params: BUILT_IN_PROFILES.quick,
    spec: "r640",
    catalogue: null,
    inventory: INVENTORY,
    agentVersion: "0.1.0",
    consoleVersion: "0.1.0",
    sensors: [
      { sensor: "cpu.package.temp[0]", unit: "Cel", samples: 640 },
      { sensor: "cpu.package.temp[1]", unit: "Cel", samples: 640 },
      { sensor: "psu.power", unit: "W", samples: 640 },
    ],
    droppedSamples: 0,
    access: null,
    hold: null,
    boots: [],
    canCancel: false,
    canOverride: false,
    ...changes,
  };
}

/** A run that ended `Passed`, but with something that was not exercised. */
export function gappyRun(changes: Partial<RunDetail> = {}): RunDetail {
  return detail({
    verdict: "pass_with_gaps",
    gaps: [
      { stage: "CPUStress", what: "ECC counters", why: "No EDAC driver is loaded.", absent: false },
    ],
    overrides: [
      {
        stage: "Storage",
        reason: "Cable of bay 0 reseated, errors were on the cable.",
        operator: "M. Ortiz",
        at: at(900),
      },
    ],
    ...changes,
  });
}

/** A run that holds in CPUStress: a temperature beyond the sensor's own limit. */
export function holdingRun(changes: Partial<RunDetail> = {}): RunDetail {
  const from = startOf("CPUStress");
  const reason =
    "cpu.package.temp[1] stood at 101 °C for 10 s; the sensor's own critical limit is 100 °C.";
  return detail({
    id: 8,
    state: "FailedHolding",
    verdict: "fail",
    failedStage: "CPUStress",
    reason,
    endedAt: null,
    stateSince: at(from + 130),
    stages: [
      ...goodStages("CPUStress"),
      attempt("CPUStress", from, {
        endedAt: at(from + 130),
        result: "fail",
        claimedResult: "fail",
        summary: "Aborted 2 min 10 into the CPU pass.",
        reason,
        proof: [
          {
            what: "cpu",
            requestedS: 180,
            elapsedS: 130.2,
            work: 5_600_000,
            unit: "1",
            maxTempC: 101,
          },
        ],
        measurements: [
          { name: "cpu.throttle_events", item: "CPU2", value: 41, unit: "1", max: 0 },
          { name: "memory.edac.ue", item: "A1", value: 0, unit: "1", max: 0 },
        ],
        blame: [{ part: "CPU2", slot: "CPU2", serial: null, model: "Xeon Gold 6130" }],
        toolVersions: { "stress-ng": "0.15.06" },
        breaches: [
          {
            sensor: "cpu.package.temp[1]",
            value: 101,
            limit: 100,
            t: at(from + 128),
            unit: "Cel",
            severity: "fail",
          },
        ],
      }),
    ],
    evidence: [
      {
        id: 1,
        stage: "CPUStress",
        kind: "dmesg",
        name: "dmesg.txt",
        bytes: 48_211,
        truncated: false,
        receivedAt: at(from + 133),
      },
      {
        id: 2,
        stage: "CPUStress",
        kind: "sel",
        name: "sel.txt",
        bytes: 812,
        truncated: false,
        receivedAt: at(from + 134),
      },
    ],
    canCancel: true,
    canOverride: true,
    ...changes,
  });
}

/** A run in the middle of its Storage stage. */
export function runningRun(changes: Partial<RunDetail> = {}): RunDetail {
  const from = startOf("Storage");
  return detail({
    id: 9,
    hostId: 2,
    hostName: "rigel",
    state: "Storage",
    verdict: null,
    endedAt: null,
    stateSince: at(from),
    remainingSeconds: 720,
    stages: [
      ...goodStages("Storage"),
      attempt("Storage", from, {
        endedAt: null,
        status: "running",
        result: null,
        claimedResult: null,
      }),
    ],
    canCancel: true,
    ...changes,
  });
}

export function summaryOf(run: RunDetail): RunSummary {
  const keys = Object.keys(summary()) as (keyof RunSummary)[];
  return Object.fromEntries(keys.map((key) => [key, run[key]])) as RunSummary;
}

export function host(changes: Partial<HostSummary> = {}): HostSummary {
  return {
    id: 1,
    name: "orion",
    macs: ["52:54:00:12:34:56"],
    vendor: "Dell Inc.",
    product: "PowerEdge R640",
    serial: "7XK2P33",
    os: "Debian GNU/Linux 12",
    spec: "r640",
    notes: "",
    lastSeen: at(1284),
    online: true,
    secureBoot: "disabled",
    netbootMethod: "efibootmgr",
    netbootNote: null,
    run: null,
    boot: null,
    simulated: false,
    ...changes,
  };
}

/** A sensor over the whole run: idle, warm under load, with one spike that lasts a single sample. */
export function series(sensor: string, unit: string, idle: number, load: number): SeriesResponse {
  const points: SeriesResponse["points"] = [];
  const spikeS = startOf("CPUStress") + 128;
  for (let s = 125; s < 1280; s += 4) {
    const busy = s > startOf("CPUStress") && s < startOf("GPU");
    const mean = (busy ? load : idle) + Math.sin(s / 17) * idle * 0.04;
    const max = Math.abs(s - spikeS) <= 2 ? load * 1.32 : mean + idle * 0.02;
    points.push([T0 + s * 1000, mean - idle * 0.02, max, mean]);
  }
  return { sensor, unit, points };
}

export const SERIES: SeriesResponse[] = [
  series("cpu.package.temp[0]", "Cel", 38, 72),
  series("cpu.package.temp[1]", "Cel", 40, 76.5),
  series("psu.power", "W", 140, 380),
  series("fan.speed[1]", "{rpm}", 5200, 9800),
];

export const DOCTOR: DoctorResponse = {
  ok: false,
  checkedAt: at(900),
  labUrl: "http://192.0.2.10:8421",
  image: { builtAt: "2026-03-01T22:10:00.000Z", distribution: "Debian 12 (bookworm)" },
  services: [
    { id: "http", name: "Lab listener", protocol: "tcp", port: 8421, on: true },
    { id: "dhcp", name: "ProxyDHCP", protocol: "udp", port: 67, on: true },
    { id: "pxe", name: "PXE boot server", protocol: "udp", port: 4011, on: true },
    { id: "tftp", name: "TFTP", protocol: "udp", port: 69, on: true },
  ],
  version: "0.1.0",
  interfaces: [
    { name: "enp3s0", address: "192.0.2.10", mac: "52:54:00:aa:bb:cc", internal: false },
  ],
  checks: [
    {
      id: "lab-address",
      title: "Lab address",
      status: "ok",
      detail: "192.0.2.10 on enp3s0.",
      mend: null,
    },
    {
      id: "image",
      title: "Live image",
      status: "fail",
      detail: "No live image has been built; a host that netboots gets nowhere.",
      mend: "npm run image",
    },
    {
      id: "port-67",
      title: "ProxyDHCP",
      status: "warn",
      detail: "UDP port 67 could not be bound: permission denied.",
      mend: "sudo setcap cap_net_bind_service=+ep $(command -v node)",
    },
  ],
};

const SETTINGS_TEXT = `vetting:
  specs:
    - name: r640
      match: {product: "PowerEdge R640"}
    - name: storage-node
      match: {product: "SYS-6029P-TR"}
`;

/** vetting.yaml with two specs, as the settings routes tell it. */
export const SETTINGS: SettingsResponse = {
  file: "/etc/vetting/vetting.yaml",
  exists: true,
  readOnly: null,
  text: SETTINGS_TEXT,
  revision: "1",
  problems: [],
  written: { specs: [] },
  effective: vettingConfigSchema.parse(load(SETTINGS_TEXT)).vetting,
  overridden: [],
  restartNeeded: [],
};
