import { describe, expect, test } from "vitest";
import { gpuStage } from "../../../agent/stages/gpu.ts";
import { catalogue, STAGE_DEFINITIONS } from "../../../agent/stages/index.ts";
import { psuStage } from "../../../agent/stages/psu.ts";
import { reportingStage } from "../../../agent/stages/reporting.ts";
import { catalogueSchema } from "../../../contract/agent-api.ts";
import { STAGES } from "../../../contract/stages.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { fixture } from "../fixture-host.ts";
import { stressHost } from "./stress-host.ts";

describe("the registry", () => {
  test("holds the eleven stages in their order", () => {
    expect(STAGE_DEFINITIONS.map(({ name }) => name)).toEqual(STAGES);
  });

  test("its catalogue is what the contract asks for, with unique measurements", () => {
    const parsed = catalogueSchema.parse(catalogue());
    expect(parsed.stages).toHaveLength(11);
    for (const { measurements } of parsed.stages) {
      const names = measurements.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe("GPU", () => {
  const card = (vendor: string, model: string) => ({
    pciAddress: "0000:3b:00.0",
    vendor,
    model,
    serial: null,
    driver: null,
  });
  const csv = (over: Partial<Record<string, string>> = {}) => {
    const cells: Record<string, string | undefined> = {
      index: "0",
      name: "NVIDIA A2",
      uuid: "GPU-1",
      serial: "VT-G1",
      "pci.bus_id": "00000000:3B:00.0",
      "temperature.gpu": "70",
      "utilization.gpu [%]": "99 %",
      "ecc.errors.uncorrected.volatile.total": "0",
      "pcie.link.width.current": "16",
      "pcie.link.width.max": "16",
      ...over,
    };
    return `${Object.keys(cells).join(", ")}\n${Object.values(cells).join(", ")}\n`;
  };
  const BURN_OK =
    "50.0%  proc'd: 10 (800 Gflop/s)   errors: 0   temps: 60 C \nTested 1 GPUs:\n\tGPU 0: OK\n";

  async function gpu(
    answers: Parameters<typeof stressHost>[1],
    gpus = [card("NVIDIA Corporation", "GA107GL [A2]")],
  ) {
    const host = stressHost<"GPU">({ seconds: 1, dcgmLevel: 1 }, answers, {
      inventory: { ...emptyInventory, gpus },
    });
    return { ...host, report: await gpuStage.run(host.ctx) };
  }

  test("a host without one is skipped; the BMC's display controller is none", async () => {
    for (const gpus of [[], [card("ASPEED Technology, Inc.", "ASPEED Graphics Family")]]) {
      expect((await gpu({}, gpus)).report).toMatchObject({
        status: "skipped",
        gaps: [{ what: "GPU", absent: true }],
      });
    }
  });

  test("gpu_burn's table and rate are the proof", async () => {
    const { report, samples } = await gpu({ "nvidia-smi": csv(), gpu_burn: BURN_OK });
    expect(report).toMatchObject({
      status: "complete",
      result: "pass",
      proof: [{ what: "gpu 0", requestedS: 1, work: 800, unit: "Gflop/s" }],
    });
    expect(samples).toContainEqual({ sensor: "gpu.temp[0]", value: 70, unit: "Cel" });
    const judged = judgeStage({ stage: "GPU", proof: [], measurements: [], ...report }, []);
    expect(judged.objection).toBeNull();
  });

  test("FAULTY fails although gpu_burn exits 0, and names the card", async () => {
    const faulty = BURN_OK.replace("0: OK", "0: FAULTY");
    const { report } = await gpu({ "nvidia-smi": csv(), gpu_burn: faulty });
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain("FAULTY");
    expect(report.blame).toEqual([
      { part: "GPU", slot: "0000:3b:00.0", serial: "VT-G1", model: "NVIDIA A2" },
    ]);
  });

  test("a narrow link and ECC errors fail", async () => {
    let asked = 0;
    const { report } = await gpu({
      "nvidia-smi": () =>
        csv({
          "pcie.link.width.current": "8",
          "ecc.errors.uncorrected.volatile.total": asked++ === 0 ? "0" : "2",
        }),
      gpu_burn: BURN_OK,
    });
    expect(report.reason).toContain("PCIe x8 where it can x16");
    expect(report.reason).toContain("2 uncorrected ECC errors");
  });

  test("DCGM's software level exercises nothing, so it alone is no pass", async () => {
    const dcgmi = JSON.stringify({
      "DCGM GPU Diagnostic": {
        test_categories: [
          { category: "Deployment", tests: [{ name: "NVML", results: [{ status: "Pass" }] }] },
        ],
      },
    });
    const { report } = await gpu({ "nvidia-smi": csv(), dcgmi });
    expect(report).toMatchObject({ status: "error", result: "not_applicable" });
    expect(report.reason).toContain("gpu_burn");
  });

  test("a card without its tools is an error, whoever made it", async () => {
    expect((await gpu({})).report.status).toBe("error");
    expect(
      (await gpu({}, [card("Advanced Micro Devices, Inc. [AMD/ATI]", "MI210")])).report.status,
    ).toBe("error");
    expect((await gpu({}, [card("Intel Corporation", "Flex 170")])).report.status).toBe("error");
  });
});

describe("PSU", () => {
  const SDR = [
    "PS1 Status       | 52h | ok  | 10.1 | Presence detected",
    "PS Redundancy    | 77h | ok  | 19.1 | Fully Redundant",
    "P12V             | 30h | ok  |  7.1 | 12.10 Volts",
    "3.3V AUX         | 31h | ok  |  7.1 | 3.31 Volts",
    "CPU1 Vcore       | 32h | ok  |  3.1 | 1.02 Volts",
  ].join("\n");
  async function psu(
    answers: Record<string, string | { stderr: string; exitCode: number }>,
    burn = {},
  ) {
    const host = stressHost<"PSU">({ railTolerance: 0.05 }, answers, {
      inventory: {
        ...emptyInventory,
        psus: [{ slot: "PSU 1", model: "DPS-800", serial: "VT-P1", present: true }],
      },
      ...burn,
    });
    return psuStage.run(host.ctx);
  }
  const bmc = (sdr: string, rest: Record<string, string> = {}) => ({
    "ipmitool sdr elist all": sdr,
    "ipmitool sensor": "",
    "ipmitool sel info": fixture("ipmitool/qemu-sel-info.txt"),
    "ipmitool dcmi power reading": "",
    ...rest,
  });

  test("without a BMC it is skipped with the reason", async () => {
    const none = { stderr: fixture("ipmitool/no-device.stderr.txt"), exitCode: 1 };
    expect(await psu({ ipmitool: none })).toMatchObject({
      status: "skipped",
      result: "not_applicable",
      gaps: [{ what: "power supplies", absent: true }],
    });
  });

  test("rails within their tolerance pass, other voltages are not judged", async () => {
    const report = await psu(bmc(SDR));
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.measurements?.filter(({ name }) => name === "psu.rail")).toEqual([
      { name: "psu.rail", value: 12.1, unit: "V", item: "P12V", min: 11.4, max: 12.6 },
      { name: "psu.rail", value: 3.31, unit: "V", item: "3.3V AUX", min: 3.135, max: 3.465 },
    ]);
  });

  test("a rail outside fails; tighter limits of the sensor itself win", async () => {
    const low = await psu(bmc(SDR.replace("12.10", "11.30")));
    expect(low.reason).toContain("P12V is 11.3 V, outside 11.4 to 12.6 V.");
    expect(low.blame).toMatchObject([{ part: "power rail", slot: "P12V" }]);
    const sensor = "P12V | 12.100 | Volts | ok | 11.0 | 11.9 | 12.0 | 12.04 | 12.05 | 12.2\n";
    const tight = await psu(bmc(SDR, { "ipmitool sensor": sensor }));
    expect(tight.reason).toContain("outside 11.9 to 12.05 V");
  });

  test("a lost supply fails though the status column says ok, and is named", async () => {
    const report = await psu(
      bmc(SDR.replace("Presence detected", "Presence detected, Power Supply AC lost")),
    );
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain("PS1 Status: Power Supply AC lost.");
    expect(report.blame).toEqual([
      { part: "power supply", slot: "PSU 1", serial: "VT-P1", model: "DPS-800" },
    ]);
    const degraded = await psu(bmc(SDR.replace("Fully Redundant", "Redundancy Degraded")));
    expect(degraded.result).toBe("fail");
  });

  test("power events that came since the burn began fail; old ones do not", async () => {
    const events = {
      "ipmitool sel info": "Entries          : 3\n",
      "ipmitool -c sel list": [
        "1,11/20/2026,10:00:00,Power Supply #0x51,Power Supply AC lost,Asserted",
        "2,11/23/2026,10:00:00,Power Supply #0x52,Failure detected,Asserted",
        "3,11/23/2026,10:01:00,System Boot Initiated,Initiated by power up,Deasserted",
      ].join("\n"),
    };
    const started = (value: number) => ({
      burnReadings: () => new Map([["bmc.events", [{ t: 1, value }]]]),
    });
    expect((await psu(bmc(SDR, events), started(3))).result).toBe("pass");
    const report = await psu(bmc(SDR, events), started(1));
    expect(report.result).toBe("fail");
    expect(report.reason).toBe(
      "The BMC logged since the burn began: Power Supply #0x52: Failure detected.",
    );
  });

  test("the highest power of the burn is told", async () => {
    const readings = new Map([
      [
        "system.power",
        [
          { t: 1, value: 310 },
          { t: 2, value: 402 },
        ],
      ],
    ]);
    const report = await psu(bmc(SDR), { burnReadings: () => readings });
    expect(report.measurements).toContainEqual({ name: "system.power.max", value: 402, unit: "W" });
  });
});

test("Reporting passes: its result closes the run", async () => {
  const host = stressHost<"Reporting">({}, {});
  expect(await reportingStage.run(host.ctx)).toMatchObject({ status: "complete", result: "pass" });
});
