import { describe, expect, test } from "vitest";
import { parseCpuTimes, utilisationPercent } from "../../../agent/tools/cpu-usage.ts";
import {
  classifyKernelLine,
  KernelLogFollower,
  parseKernelLog,
  parseMachineCheck,
} from "../../../agent/tools/kernel-log.ts";
import { parseMemoryInfo, readCgroupHeadroom } from "../../../agent/tools/meminfo.ts";
import { PackagePower } from "../../../agent/tools/rapl.ts";
import { readKernelSensors } from "../../../agent/tools/sensors.ts";
import { readThrottleCounts } from "../../../agent/tools/thermal-throttle.ts";
import { answering, fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";

describe("the kernel log", () => {
  test("lines with level and time", () => {
    const lines = parseKernelLog(fixture("dmesg/raw-io-error.txt"));
    expect(lines.at(-1)).toMatchObject({ level: 3, text: expect.stringContaining("dev loop0") });
    expect(lines.at(-1)?.t).toBeGreaterThan(3000);
  });

  test.each([
    [
      "I/O error, dev loop0, sector 442064 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
      "io-error",
    ],
    ["blk_update_request: critical medium error, dev sdb, sector 123", "io-error"],
    ["nvme nvme0: I/O 12 QID 4 timeout, aborting", "io-error"],
    ["ata3.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0", "io-error"],
    ["mce: [Hardware Error]: Machine check events logged", "machine-check"],
    ["[Hardware Error]: CPU 0: Machine Check: 0 Bank 5: 9c00000000000136", "machine-check"],
    ["EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0", "memory-error"],
    ["pcieport 0000:00:1c.0: AER: Corrected error received: 0000:01:00.0", "pcie-aer"],
    ["pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrected (Fatal)", "pcie-aer"],
    ["NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.", "gpu-xid"],
    ["oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,task=node", "oom-kill"],
    ["Out of memory: Killed process 812 (stress-ng-vm) total-vm:1kB", "oom-kill"],
    ["watchdog: BUG: soft lockup - CPU#3 stuck for 23s!", "lockup"],
    ["CPU2: Core temperature above threshold, cpu clock throttled", "thermal"],
  ] as const)("%s: %s", (text, finding) => {
    expect(classifyKernelLine(text)).toBe(finding);
  });

  test.each([
    "mce: CPU supports 29 MCE banks",
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)",
    "I/O error, dev sr0, sector 0 op 0x0:(READ)",
    "ERST: Error Record Serialization Table (ERST) support is initialized.",
    "pcieport 0000:00:1c.0: AER: enabled with IRQ 122",
  ])("harmless: %s", (text) => {
    expect(classifyKernelLine(text)).toBeNull();
  });

  test("a machine check tells whose it was and whether the hardware mended it", () => {
    const line = (status: string) =>
      `mce: [Hardware Error]: CPU 3: Machine Check: 0 Bank 5: ${status}`;
    const check = { cpu: 3, bank: 5 };
    expect(parseMachineCheck(line("9c00000000000136"))).toEqual({ ...check, uncorrected: false });
    expect(parseMachineCheck(line("be00000000000136"))).toEqual({ ...check, uncorrected: true });
    expect(parseMachineCheck("mce: [Hardware Error]: Machine check events logged")).toBeNull();
  });

  test("a follower hands out every line once, also those of the same moment", async () => {
    const texts = ["<6>[ 1.0] a\n<6>[ 2.0] b\n"];
    const follower = new KernelLogFollower({ run: answering({ dmesg: () => texts.at(-1) ?? "" }) });
    const next = async () => {
      const reading = await follower.next();
      return reading.kind === "ok" ? reading.value.map(({ text }) => text) : reading;
    };
    expect(await next()).toEqual(["a", "b"]);
    expect(await next()).toEqual([]);
    texts.push("<6>[ 1.0] a\n<6>[ 2.0] b\n<3>[ 2.0] c\n<3>[ 3.0] d\n");
    expect(await next()).toEqual(["c", "d"]);
    texts.push("<3>[ 3.0] d\n<3>[ 3.0] e\n<3>[ 3.0] f\n");
    expect(await next()).toEqual(["e", "f"]);
    expect(await next()).toEqual([]);
  });

  describe.runIf(hasSharedCaptures())("of other people's servers", () => {
    test("a healthy boot full of the words error and failed holds no finding", () => {
      const lines = sharedCapture("kernel-log/boot-healthy-rhel7-server.txt").split("\n");
      expect(lines.length).toBeGreaterThan(500);
      const found = lines
        .map((line) => line.replace(/^\[\s*[\d.]+\] /, ""))
        .filter(classifyKernelLine);
      expect(found).toEqual([]);
    });

    test("GPU faults", () => {
      const text = sharedCapture("kernel-log/nvidia-gb200-nvlink-xid-149-154.txt");
      const lines = text.split("\n").filter((line) => line !== "");
      expect(lines.map(classifyKernelLine)).toEqual(lines.map(() => "gpu-xid"));
    });
  });
});

describe("memory", () => {
  test("total and available, in bytes", () => {
    const info = parseMemoryInfo(fixture("proc/meminfo.txt"));
    expect(info?.totalBytes).toBe(24684084 * 1024);
    expect(info?.availableBytes).toBeGreaterThan(1e9);
    expect(parseMemoryInfo("MemTotal: 1 kB")).toBeNull();
  });

  test("what a memory cgroup still grants, the tightest of all ancestors", async () => {
    const files = hostTree({
      "/proc/self/cgroup": "0::/machine/agent\n",
      "/sys/fs/cgroup/machine/memory.max": "1000000\n",
      "/sys/fs/cgroup/machine/memory.current": "900000\n",
      "/sys/fs/cgroup/machine/agent/memory.max": "max\n",
      "/sys/fs/cgroup/machine/agent/memory.current": "1\n",
    });
    expect(await readCgroupHeadroom(files)).toBe(100_000);
    expect(await readCgroupHeadroom(hostTree({ "/proc/self/cgroup": "0::/\n" }))).toBeNull();
  });

  test("cgroup v1 says unlimited by a number beyond any machine", async () => {
    const limited = (limit: string) =>
      hostTree({
        "/proc/self/cgroup": "4:memory:/job\n0::/\n",
        "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": limit,
        "/sys/fs/cgroup/memory/job/memory.usage_in_bytes": "24",
      });
    expect(await readCgroupHeadroom(limited("9223372036854771712\n"))).toBeNull();
    expect(await readCgroupHeadroom(limited("1024\n"))).toBe(1000);
  });
});

describe("processor time", () => {
  test("utilisation is busy over all, waiting for disks not being busy", () => {
    const before = parseCpuTimes(fixture("proc/stat.txt"));
    if (before === null) throw new Error("no times");
    expect(before.processors).toBe(2);
    const after = { ...before, busy: before.busy + 150, total: before.total + 200 };
    expect(utilisationPercent(before, after)).toBe(75);
    expect(utilisationPercent(before, before)).toBeNull();
    expect(parseCpuTimes("cpu  10 0 10 60 20 0 0 0 0 0\ncpu0 1 1 1 1\n")).toEqual({
      busy: 20,
      total: 100,
      processors: 1,
    });
  });
});

describe("thermal throttling", () => {
  const cpu = (n: number, core: number, pack: number, counts: [number, number]) => ({
    [`/sys/devices/system/cpu/cpu${n}/thermal_throttle/core_throttle_count`]: `${counts[0]}\n`,
    [`/sys/devices/system/cpu/cpu${n}/thermal_throttle/package_throttle_count`]: `${counts[1]}\n`,
    [`/sys/devices/system/cpu/cpu${n}/topology/core_id`]: `${core}\n`,
    [`/sys/devices/system/cpu/cpu${n}/topology/physical_package_id`]: `${pack}\n`,
  });

  test("each core and each package is counted once, however many threads report it", async () => {
    const files = hostTree({
      ...cpu(0, 0, 0, [5, 30]),
      ...cpu(1, 0, 0, [5, 30]),
      ...cpu(2, 0, 1, [1, 6]),
      ...cpu(3, 1, 1, [9, 6]),
    });
    expect(await readThrottleCounts(files)).toEqual({ coreEvents: 15, packageEvents: 36 });
  });

  test("where nobody counts, zero is not claimed", async () => {
    const files = hostTree({ "/sys/devices/system/cpu/cpu0/topology/core_id": "0\n" });
    expect(await readThrottleCounts(files)).toBeNull();
  });
});

describe("sensors", () => {
  const hwmon = (n: number, name: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries({ name, ...values }).map(([file, text]) => [
        `/sys/class/hwmon/hwmon${n}/${file}`,
        `${text}\n`,
      ]),
    );
  const intel = (n: number, id: number, temp: number) =>
    hwmon(n, "coretemp", {
      temp1_label: `Package id ${id}`,
      temp1_input: String(temp),
      temp1_crit: "100000",
      temp2_label: "Core 0",
      temp2_input: "91000",
    });

  test("one package has no instance, several have; the critical limit is the sensor's own", async () => {
    expect(await readKernelSensors(hostTree(intel(0, 0, 54000)))).toEqual([
      { sensor: "cpu.package.temp", value: 54, unit: "Cel", critical: 100 },
    ]);
    const two = await readKernelSensors(hostTree({ ...intel(0, 0, 54000), ...intel(1, 1, 61000) }));
    expect(two.map(({ sensor, value }) => [sensor, value])).toEqual([
      ["cpu.package.temp[0]", 54],
      ["cpu.package.temp[1]", 61],
    ]);
  });

  test("AMD's Tctl, disks by name, fans by label, the mean clock", async () => {
    const files = hostTree(
      {
        ...hwmon(0, "k10temp", { temp1_label: "Tctl", temp1_input: "48250" }),
        ...hwmon(1, "nvme", { temp1_input: "39850", temp1_crit: "84850" }),
        ...hwmon(2, "nct6775", { fan1_input: "1200", fan1_label: "CPU FAN", fan2_input: "0" }),
        "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "2000000\n",
        "/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "3000000\n",
      },
      { "/sys/class/hwmon/hwmon1/device": "/sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0" },
    );
    expect(await readKernelSensors(files)).toEqual([
      { sensor: "cpu.package.temp", value: 48.25, unit: "Cel" },
      { sensor: "disk.temp[nvme0]", value: 39.85, unit: "Cel", critical: 84.85 },
      { sensor: "fan[CPU FAN]", value: 1200, unit: "{rpm}" },
      { sensor: "fan[nct6775.fan2]", value: 0, unit: "{rpm}" },
      { sensor: "cpu.clock", value: 2500, unit: "MHz" },
    ]);
  });

  test("without a CPU driver a thermal zone stands in; without any there is no reading", async () => {
    const zone = "/sys/class/thermal/thermal_zone0";
    const files = hostTree({
      [`${zone}/type`]: "x86_pkg_temp\n",
      [`${zone}/temp`]: "47000\n",
      [`${zone}/trip_point_0_type`]: "critical\n",
      [`${zone}/trip_point_0_temp`]: "105000\n",
    });
    expect(await readKernelSensors(files)).toEqual([
      { sensor: "cpu.package.temp", value: 47, unit: "Cel", critical: 105 },
    ]);
    expect(await readKernelSensors(hostTree({}))).toEqual([]);
  });

  test("package power is the mean between two readings of the energy counter", async () => {
    const texts = {
      "/sys/class/powercap/intel-rapl:0/name": "package-0\n",
      "/sys/class/powercap/intel-rapl:0/energy_uj": "1000000\n",
    };
    const power = new PackagePower(hostTree(texts));
    expect(await power.read(10)).toEqual([]);
    texts["/sys/class/powercap/intel-rapl:0/energy_uj"] = "181000000\n";
    expect(await power.read(12)).toEqual([{ sensor: "cpu.package.power", value: 90, unit: "W" }]);
  });
});
