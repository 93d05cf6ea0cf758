import type { z } from "zod";
import {
  agentHeartbeatRequestSchema,
  claimRequestSchema,
  evidenceRequestSchema,
  firmwareRequestSchema,
  inventoryRequestSchema,
  logRequestSchema,
  networkTurnRequestSchema,
  sensorRequestSchema,
} from "../../../contract/agent-api.ts";
import {
  createHostRequestSchema,
  overrideRequestSchema,
  patchHostRequestSchema,
  startRunRequestSchema,
} from "../../../contract/console-api.ts";
import {
  registerRequestSchema,
  reporterHeartbeatRequestSchema,
} from "../../../contract/reporter-api.ts";
import {
  labRequestSchema,
  pinFirmwareRequestSchema,
  settingsCheckRequestSchema,
  settingsPutRequestSchema,
} from "../../../contract/settings-api.ts";
import { resultRequestSchema } from "../../../contract/stage-result.ts";
import { revisionOf } from "../../../server/config/settings-file.ts";

export interface ValidPayload {
  readonly listener: "lab" | "console";
  readonly method: "POST" | "PUT" | "PATCH";
  readonly url: string;
  readonly schema: z.ZodType;
  /** Every key of the schema filled in, optional ones included. */
  readonly payload: object;
}

const T = "2026-01-01T00:00:00.000Z";
const agent = (name: string, schema: z.ZodType, payload: object): ValidPayload => ({
  listener: "lab",
  method: "POST",
  url: `/api/agent/v1/${name}`,
  schema,
  payload,
});

export const VALID_PAYLOADS: readonly ValidPayload[] = [
  {
    listener: "lab",
    method: "POST",
    url: "/api/reporter/v1/register",
    schema: registerRequestSchema,
    payload: {
      hostname: "orion",
      macs: ["52-54-00-12-34-56"],
      uuid: "4c4c4544-0042",
      serial: "ABC",
      vendor: "Dell Inc.",
      product: "PowerEdge R640",
      os: "Debian 12",
      reporterVersion: "0.1.0",
      enrolToken: "enrol",
      secureBoot: "disabled",
      netbootMethod: "efibootmgr",
      netbootNote: "eno1",
    },
  },
  {
    listener: "lab",
    method: "POST",
    url: "/api/reporter/v1/heartbeat",
    schema: reporterHeartbeatRequestSchema,
    payload: { bootId: "b1", uptimeSeconds: 12.5, rebootProblem: "no NIC" },
  },
  agent("claim", claimRequestSchema, {
    bootToken: "b",
    mac: "52:54:00:12:34:56",
    bootId: "b1",
    agentVersion: "0.1.0",
    catalogue: {
      stages: [
        {
          name: "CPUStress",
          title: "CPU",
          tools: ["stress-ng"],
          measurements: [{ name: "cpu.bogo_ops", unit: "1", title: "Work", min: 0, max: 1 }],
        },
      ],
    },
  }),
  agent("heartbeat", agentHeartbeatRequestSchema, {
    bootId: "b1",
    stage: "CPUStress",
    obeying: "reboot",
    droppedSamples: 0,
    access: {
      user: "root",
      addresses: ["10.0.0.7", "fd00::7"],
      port: 22,
      hostKeyFingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    },
    hold: { chassisLed: "lit", noLogin: "No SSH keys are configured." },
  }),
  agent("network-turn", networkTurnRequestSchema, { turn: "ask", mbps: 25_000 }),
  agent("sensor", sensorRequestSchema, {
    samples: [
      {
        sequence: 1,
        stage: "CPUStress",
        t: T,
        sensor: "cpu.package.temp",
        value: 61.5,
        unit: "Cel",
        critical: 100,
      },
    ],
  }),
  agent("log", logRequestSchema, {
    lines: [{ sequence: 1, stage: "CPUStress", t: T, level: "info", source: "agent", text: "x" }],
  }),
  agent("inventory", inventoryRequestSchema, {
    sequence: 1,
    inventory: {
      system: { vendor: "v", product: "p", serial: "s", uuid: "u", sku: "k" },
      board: { vendor: "v", product: "p", serial: "s", version: "1" },
      bios: { vendor: "v", version: "1", date: "2026" },
      cpus: [{ socket: "CPU0", model: "m", cores: 4, threads: 8, maxMHz: 3000 }],
      logicalCpus: 8,
      physicalCores: 4,
      memoryBytes: 1024,
      dimms: [
        {
          locator: "DIMM_A1",
          bank: "0",
          sizeBytes: 1024,
          type: "DDR4",
          speedMTps: 3200,
          configuredMTps: 2933,
          rank: 2,
          manufacturer: "m",
          partNumber: "p",
          serial: "s",
        },
      ],
      disks: [
        {
          name: "sda",
          byId: "ata-x",
          model: "m",
          serial: "s",
          wwn: "w",
          sizeBytes: 1,
          transport: "sata",
          rotational: true,
          slot: "1",
          inUse: "mounted",
        },
      ],
      nics: [
        {
          name: "eno1",
          mac: "52:54:00:12:34:56",
          driver: "ixgbe",
          speedMbps: 1000,
          maxSpeedMbps: 10000,
          carrier: true,
          pciAddress: "0000:3b:00.0",
          model: "m",
        },
      ],
      gpus: [{ pciAddress: "0000:01:00.0", vendor: "v", model: "m", serial: "s", driver: "d" }],
      psus: [{ slot: "1", model: "m", serial: "s", present: true }],
      bmc: { vendor: "v", firmware: "1", ipmiVersion: "2.0", address: "10.0.0.9" },
      edacControllers: ["mc0"],
      secureBoot: "disabled",
      problems: ["no nvme"],
    },
  }),
  agent("firmware", firmwareRequestSchema, {
    sequence: 1,
    components: [
      {
        component: "bios",
        identifier: "system",
        aliases: ["x"],
        vendor: "v",
        model: "m",
        version: "1",
        date: "2026",
        problem: "p",
      },
    ],
  }),
  agent("evidence", evidenceRequestSchema, {
    sequence: 1,
    stage: "CPUStress",
    kind: "dmesg",
    name: "dmesg.txt",
    text: "x",
    truncated: false,
  }),
  agent("result", resultRequestSchema, {
    sequence: 1,
    stage: "CPUStress",
    status: "complete",
    result: "pass",
    startedAt: T,
    endedAt: T,
    summary: "s",
    reason: "r",
    proof: [
      {
        what: "cpu",
        requestedS: 180,
        elapsedS: 180.4,
        work: 8,
        unit: "1",
        utilisationPercent: 99,
        minTempC: 40,
        maxTempC: 71,
        minPowerW: 100,
        maxPowerW: 200,
      },
    ],
    measurements: [{ name: "cpu.bogo_ops", value: 8, unit: "1", min: 0, max: 9, item: "0" }],
    gaps: [{ what: "w", why: "y", absent: false }],
    blame: [{ part: "DIMM", slot: "A1", serial: "s", model: "m" }],
    toolVersions: { "stress-ng": "0.15" },
  }),
  {
    listener: "console",
    method: "POST",
    url: "/api/v1/hosts",
    schema: createHostRequestSchema,
    payload: { mac: "52:54:00:12:34:56", name: "orion", notes: "" },
  },
  {
    listener: "console",
    method: "PATCH",
    url: "/api/v1/hosts/3",
    schema: patchHostRequestSchema,
    payload: { name: "orion", spec: "r640", notes: "" },
  },
  {
    listener: "console",
    method: "POST",
    url: "/api/v1/hosts/3/runs",
    schema: startRunRequestSchema,
    payload: {
      profile: "quick",
      nonDestructive: true,
      start: "reporter",
      afterPass: "reboot",
      operator: "ada",
      ticket: "T-1",
    },
  },
  {
    listener: "console",
    method: "POST",
    url: "/api/v1/runs/7/override",
    schema: overrideRequestSchema,
    payload: { reason: "fan was unplugged" },
  },
  {
    listener: "console",
    method: "POST",
    url: "/api/v1/settings/check",
    schema: settingsCheckRequestSchema,
    payload: { text: "vetting: {}" },
  },
  {
    listener: "console",
    method: "PUT",
    url: "/api/v1/settings",
    schema: settingsPutRequestSchema,
    payload: { text: "", revision: revisionOf("") },
  },
  {
    listener: "console",
    method: "PUT",
    url: "/api/v1/lab",
    schema: labRequestSchema,
    payload: { address: "10.20.0.1" },
  },
  {
    listener: "console",
    method: "POST",
    url: "/api/v1/runs/7/firmware/pin",
    schema: pinFirmwareRequestSchema,
    payload: { spec: "r640" },
  },
];
