import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { STAGE_DEFINITIONS } from "../../agent/stages/index.ts";
import type { RunCommand } from "../../agent/tools/command.ts";
import { readDmi } from "../../agent/tools/dmidecode.ts";
import { readDriver, readEthtoolStats, readLinkSettings } from "../../agent/tools/ethtool.ts";
import { fioArgs, runFio } from "../../agent/tools/fio.ts";
import { readWipeCapability } from "../../agent/tools/hdparm.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { readIpv4Addresses } from "../../agent/tools/ip-address.ts";
import { physicalLinks, readLinks } from "../../agent/tools/ip-link.ts";
import { runIperf3 } from "../../agent/tools/iperf3.ts";
import {
  readDcmiPower,
  readFru,
  readMcInfo,
  readSdr,
  readSel,
  readSelCount,
  readSensorThresholds,
} from "../../agent/tools/ipmitool.ts";
import { readKernelLog } from "../../agent/tools/kernel-log.ts";
import { readBlockDevices } from "../../agent/tools/lsblk.ts";
import { readCpuTopology } from "../../agent/tools/lscpu.ts";
import { readPciDevices } from "../../agent/tools/lspci.ts";
import { readNicCounters } from "../../agent/tools/net-counters.ts";
import { readNvmeController } from "../../agent/tools/nvme.ts";
import { createRunCommand } from "../../agent/tools/run-command.ts";
import { readKernelSensors } from "../../agent/tools/sensors.ts";
import { startSelfTest } from "../../agent/tools/smart-self-test.ts";
import { judgeSmart, readSmart } from "../../agent/tools/smartctl.ts";
import { cpuStressArgs, memoryStressArgs, runStressNg } from "../../agent/tools/stress-ng.ts";
import { rackServer } from "./host/facts.ts";
import { makeHost } from "./host/make-host.ts";

const FAKES = join(import.meta.dirname, "../fakes/tools");
const CAPTURES = join(import.meta.dirname, "../fixtures/tool-captures");
const host = rackServer({ hostname: "vega", number: 2, failingDisk: true });
const folder = mkdtempSync(join(tmpdir(), "vetting-fakes-"));

const runOnPath = createRunCommand({ path: FAKES, owner: "fakes-test" });

/** The agent's own `runCommand`, with nothing but the fakes on its path. */
function runAs(scenario: string): RunCommand {
  const env = {
    FAKE_HOST_DIR: folder,
    FAKE_SCENARIO: scenario,
    FAKE_NODE: process.execPath,
    FAKE_SELF_TEST_SECONDS: "0",
  };
  return (tool, args, options) => runOnPath(tool, args, { ...options, env });
}

const ctx = { run: runAs("healthy"), files: createHostFiles(makeHostIn(folder)) };

function makeHostIn(place: string): string {
  makeHost(place, host);
  return join(place, "root");
}

function capture(name: string): string {
  return readFileSync(join(CAPTURES, name), "utf8");
}

function value<T>(reading: { kind: string; value?: T }): T {
  expect(reading).toMatchObject({ kind: "ok" });
  return reading.value as T;
}

/** The names of all fields of a document, however deep. */
function fieldsOf(document: unknown, path = ""): string[] {
  if (Array.isArray(document)) return document.slice(0, 1).flatMap((one) => fieldsOf(one, path));
  if (typeof document !== "object" || document === null) return [path];
  return Object.entries(document).flatMap(([key, one]) => fieldsOf(one, `${path}.${key}`));
}

/** Text without its numbers and widths. */
function words(text: string): string {
  return text.replace(/\d+(\.\d+)?/g, "#").replace(/ +/g, " ");
}

async function stdoutOf(tool: string, args: readonly string[]): Promise<string> {
  return (await ctx.run(tool, args)).stdout;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("The fakes", () => {
  test("cover every program that a stage names, but for those of GPUs that no simulated host has", () => {
    const gpuTools = STAGE_DEFINITIONS.find(({ name }) => name === "GPU")?.tools ?? [];
    const needed = STAGE_DEFINITIONS.flatMap(({ tools }) => tools);
    const fakes = readdirSync(FAKES);
    const missing = needed.filter((tool) => !fakes.includes(tool) && !gpuTools.includes(tool));
    expect(missing).toEqual([]);
    expect(fakes).toContain("stress-ng");
  });

  test("are shell scripts without a finding of shellcheck", () => {
    const scripts = readdirSync(FAKES).filter((name) => name !== "lib");
    expect(scripts.length).toBeGreaterThan(12);
    const files = scripts.map((name) => join(FAKES, name));
    expect(execFileSync("shellcheck", ["-x", "-P", FAKES, ...files], { encoding: "utf8" })).toBe(
      "",
    );
  });

  test("say so when they name no host, and when they are asked what they do not know", async () => {
    const lost = await runOnPath("dmidecode", [], { env: { FAKE_HOST_DIR: "" } });
    expect(lost).toMatchObject({ exitCode: 70, stdout: "" });
    const asked = await ctx.run("ipmitool", ["chassis", "power", "off"]);
    expect(asked).toMatchObject({ exitCode: 64, stdout: "" });
  });
});

describe("What the board says", () => {
  test("dmidecode names system, processors, modules and power supplies", async () => {
    const dmi = value(await readDmi(ctx));
    expect(dmi.system).toMatchObject({ vendor: "Simulated Systems", product: "SIM-R2U" });
    expect(dmi.processors.map(({ socket }) => socket)).toEqual(["CPU1", "CPU2"]);
    expect(dmi.dimms.map(({ locator }) => locator)).toEqual(host.dimms);
    expect(dmi.dimms[0]).toMatchObject({
      sizeBytes: 32 * 1024 ** 3,
      configuredMTps: 2933,
      rank: 2,
    });
    expect(dmi.powerSupplies).toHaveLength(2);
    expect(dmi.declaresBmc).toBe(true);
  });

  test("lscpu keeps the fields of the capture, without those of a virtual machine", async () => {
    const cpu = value(await readCpuTopology(ctx));
    expect(cpu).toMatchObject({ sockets: 2, physicalCores: 32, logicalCpus: 64, hypervisor: null });
    const names = (text: string) =>
      (JSON.parse(text) as { lscpu: { field: string }[] }).lscpu.map(({ field }) => field);
    const captured = names(capture("lscpu.json")).filter((f) => !/^(Hyper|Virtualization)/.test(f));
    expect(names(await stdoutOf("lscpu", ["-J"]))).toEqual(expect.arrayContaining(captured));
  });

  test("lspci lists ports and drives with their slots", async () => {
    const devices = value(await readPciDevices(ctx));
    expect(devices.find(({ address }) => address === "0000:5e:00.0")).toMatchObject({
      classId: "0108",
      physicalSlot: "5",
      driver: "nvme",
    });
  });

  test("dmesg has a kernel log that names the host as simulated", async () => {
    const lines = value(await readKernelLog(ctx));
    expect(lines[0]?.text).toContain("simulated host vega");
  });
});

describe("Disks", () => {
  test("lsblk has the columns of the capture", async () => {
    const disks = value(await readBlockDevices(ctx));
    expect(disks.map(({ kname }) => kname)).toEqual(["nvme0n1", "sda", "sdb"]);
    const columns = (text: string) => {
      const { blockdevices } = JSON.parse(text) as { blockdevices: Record<string, unknown>[] };
      return Object.keys(blockdevices[0] ?? {}).sort();
    };
    const printed = columns(await stdoutOf("lsblk", ["-J", "-b", "-O"]));
    expect(printed).toEqual(columns(capture("lsblk.json")));
  });

  test("smartctl finds the failing drive, and only that", async () => {
    const verdicts = await Promise.all(
      host.disks.map(async ({ name }) => judgeSmart(null, await readSmart(ctx, `/dev/${name}`))),
    );
    expect(verdicts.map(({ result }) => result)).toEqual(["pass", "pass", "fail"]);
    expect(verdicts[2]?.reasons.join(" ")).toContain("24 pending sectors");
    expect((await ctx.run("smartctl", ["-x", "/dev/sdb"])).exitCode).toBe(8);
  });

  test("smartctl cannot open a drive that is not there", async () => {
    expect(await readSmart(ctx, "/dev/sdz")).toMatchObject({ kind: "tool-failed" });
  });

  test.each(["nvme0n1", "sda"])("the self-test of %s begins and passes", async (disk) => {
    const started = await startSelfTest(ctx, disk, "short");
    expect(started.kind).toBe("started");
    if (started.kind !== "started") return;
    expect(await started.test.poll()).toEqual({ kind: "passed" });
  });

  test("nvme id-ctrl and hdparm tell how a drive can be erased", async () => {
    const controller = value(await readNvmeController(ctx, "/dev/nvme0"));
    expect(controller).toMatchObject({ firmware: "E2MU200", canSelfTest: true });
    const wipe = value(await readWipeCapability(ctx, "/dev/sda"));
    expect(wipe).toMatchObject({ securityErase: true, enhancedErase: true, frozen: false });
  });

  test("fio takes its time and prints the fields of the capture", async () => {
    const target = { name: "sda", path: "/dev/sda" };
    const args = fioArgs("random-read", [target], 1, 16);
    const { jobs, elapsedS } = value(await runFio(ctx, args, 1));
    expect(elapsedS).toBeGreaterThanOrEqual(1);
    expect(jobs[0]).toMatchObject({ name: "sda", error: 0 });
    expect(jobs[0]?.read.bytes).toBeGreaterThan(0);
    const job = (text: string) => {
      const { "job options": _own, ...rest } = (JSON.parse(text) as { jobs: [object] })
        .jobs[0] as Record<string, unknown>;
      return fieldsOf(rest);
    };
    expect(job(await stdoutOf("fio", args))).toEqual(job(capture("fio-randread.json")));
  });

  test("fio with a verify failure says so and exits 0", async () => {
    const run = runAs("verify-failure");
    const args = fioArgs("random-read", [{ name: "sda", path: "/dev/sda" }], 1, 16);
    const report = value(await runFio({ run }, args, 1));
    expect(report).toMatchObject({ exitCode: 0, jobs: [{ error: 84 }] });
    expect(report.messages.join(" ")).toContain("md5: verify failed at file /dev/sda");
  });
});

describe("Processors and memory", () => {
  test("stress-ng works for as long as it is told and prints what the real one prints", async () => {
    const report = value(await runStressNg(ctx, cpuStressArgs(64, 1), 1));
    expect(report.elapsedS).toBeGreaterThanOrEqual(1);
    expect(report).toMatchObject({ exitCode: 0, failures: [], metrics: { stressor: "cpu" } });
    expect(report.metrics?.bogoOps).toBeGreaterThan(0);
    const { stderr } = await ctx.run("stress-ng", ["--timeout", "1s", "--cpu", "1"]);
    expect(words(stderr)).toBe(words(capture("stress-ng-cpu.err")));
  });

  test("stress-ng that is told to stop prints its metrics and exits 0, as the real one", async () => {
    const env = { FAKE_HOST_DIR: folder };
    const child = spawn(join(FAKES, "stress-ng"), ["--timeout", "30s", "--cpu", "1"], { env });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await expect.poll(() => readdirSync(join(folder, "activity"))).toContain(String(child.pid));
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    expect(words(said)).toBe(words(capture("stress-ng-term.err")));
    expect(readdirSync(join(folder, "activity"))).not.toContain(String(child.pid));
  });

  test("a stress-ng that lies reports bit errors and exits 0", async () => {
    const run = runAs("tool-lies");
    const report = value(await runStressNg({ run }, memoryStressArgs(256 * 1024 ** 2, 1), 1));
    expect(report.exitCode).toBe(0);
    expect(report.failures.join(" ")).toContain("bit errors");
  });
});

describe("Network", () => {
  test("ip lists the ports in the shape of the capture, all of them hardware", async () => {
    const links = value(await readLinks(ctx));
    const physical = await physicalLinks(ctx, links);
    expect(physical.map(({ mac }) => mac)).toEqual(host.nics.map(({ mac }) => mac));
    const fields = (text: string) => fieldsOf((JSON.parse(text) as unknown[])[1]);
    const captured = fields(capture("ip-link.json")).filter((field) => field !== ".link");
    expect(fields(await stdoutOf("ip", ["-j", "-s", "-s", "link"]))).toEqual(captured);
    const addresses = value(await readIpv4Addresses(ctx));
    expect(addresses.get("ens3f0np0")).toBe(host.nics[0]?.address);
  });

  test("ethtool tells speed, driver and firmware", async () => {
    const link = value(await readLinkSettings(ctx, "ens3f0np0"));
    expect(link).toMatchObject({ speedMbps: 25_000, maxSpeedMbps: 25_000, linkDetected: true });
    expect(value(await readDriver(ctx, "ens3f0np0"))).toMatchObject({ driver: "ice" });
    expect(value(await readEthtoolStats(ctx, "ens3f0np0")).get("rx_crc_errors.nic")).toBe(0);
    expect(await readDriver(ctx, "eth9")).toMatchObject({ kind: "tool-failed" });
  });

  test("iperf3 has the sums of the capture, and the kernel's counters carry its bytes", async () => {
    const plan = { host: "192.0.2.254", port: 5201, seconds: 1, streams: 2 };
    const from = { localAddress: "192.0.2.8", device: "ens3f0np0", direction: "both" as const };
    const before = await readNicCounters(ctx.files, "ens3f0np0");
    const reading = value(await runIperf3(ctx, { ...plan, ...from }));
    const after = await readNicCounters(ctx.files, "ens3f0np0");
    const sent = (after?.sentBytes ?? 0) - (before?.sentBytes ?? 0);
    expect(reading.sendBitsPerS).toBeGreaterThan(0.9 * 25e9);
    expect(sent / reading.sentBytes).toBeGreaterThan(0.95);
    const text = await stdoutOf("iperf3", ["--json", "--time", "1", "--bind", "a%ens3f0np0"]);
    const sums = (json: string) =>
      fieldsOf((JSON.parse(json) as { end: object }).end).filter((f) => f.startsWith(".sum"));
    expect(sums(text)).toEqual(sums(capture("iperf3-send.json")));
  });
});

describe("The BMC and the sensors", () => {
  test("ipmitool tells maker, parts, sensors with their limits, events and watts", async () => {
    expect(value(await readMcInfo(ctx))).toMatchObject({ manufacturer: "Simulated Systems" });
    const fru = value(await readFru(ctx));
    expect(fru.map(({ device }) => device)).toContain("PSU1 FRU (ID 1)");
    const rows = value(await readSdr(ctx));
    expect(rows.find(({ name }) => name === "12V Rail")).toMatchObject({ unit: "V", status: "ok" });
    expect(rows.find(({ name }) => name === "PS Redundancy")?.states).toEqual(["Fully Redundant"]);
    const limits = value(await readSensorThresholds(ctx));
    expect(limits.find(({ name }) => name === "CPU1 Temp")).toMatchObject({ upperCritical: 100 });
    expect(value(await readSelCount(ctx))).toBe(value(await readSel(ctx)).length);
    expect(value(await readDcmiPower(ctx))?.currentW).toBeGreaterThan(50);
  });

  test("the kernel's sensors are there, each with the limit that it declares", async () => {
    const readings = await readKernelSensors(ctx.files);
    const named = new Map(readings.map((reading) => [reading.sensor, reading]));
    expect(named.get("cpu.package.temp[0]")).toMatchObject({ unit: "Cel", critical: 100 });
    expect([...named.keys()]).toEqual(expect.arrayContaining(["disk.temp[sdb]", "fan[Fan1]"]));
  });
});
