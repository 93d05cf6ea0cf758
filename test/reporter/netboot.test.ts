import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeConsole, startFakeConsole } from "./fake-console.ts";
import {
  BOOT_ENTRIES,
  createScratchHost,
  type HostOptions,
  reporterScript,
  type ScratchHost,
  stop,
} from "./scratch-host.ts";

vi.setConfig({ testTimeout: 60_000 });

let fake: FakeConsole;
let host: ScratchHost;

beforeEach(async () => {
  fake = await startFakeConsole();
});
afterEach(async () => {
  await host.destroy();
  await fake.close();
  expect(fake.violations).toEqual([]);
});

const patient = { timeout: 20_000 };
const lines = (name: string) => (host.exists(name) ? host.read(name).trim().split("\n") : []);
const writes = () => lines("fake/writes.log");
const reboots = () => lines("fake/reboots.log");

/** Starts a host and tells it to reboot for run 42; `told` when it has heard so three times. */
async function commanded(options: HostOptions = {}, prepare: (h: ScratchHost) => void = () => {}) {
  host = createScratchHost(fake.url, options);
  prepare(host);
  fake.command = { command: "reboot_for_vetting", runId: 42 };
  const child = host.start();
  await moreHeartbeats(4);
  return child;
}

/** Waits for `count` more heartbeats, so for `count - 1` commands that were wholly dealt with. */
async function moreHeartbeats(count: number): Promise<void> {
  const before = fake.heartbeats.length;
  await expect.poll(() => fake.heartbeats.length, patient).toBeGreaterThanOrEqual(before + count);
}

const problems = () => new Set(fake.heartbeats.map((beat) => beat.rebootProblem));
const problem = () => fake.heartbeats.at(-1)?.rebootProblem;

describe("on reboot_for_vetting", () => {
  test.each(["dash", "busybox"] as const)(
    "under %s: BootNext for the PXE IPv4 entry of the port in use, then one reboot, however often it is told",
    async (shell) => {
      await commanded({ shell });
      expect(writes()).toEqual(["efibootmgr --bootnext 0006"]);
      expect(reboots()).toEqual(["reboot with BootNext=0006 bootdev="]);
      expect(problems()).toEqual(new Set([undefined]));
    },
  );

  test("nothing happens while the command is none", async () => {
    host = createScratchHost(fake.url);
    host.start();
    await moreHeartbeats(3);
    expect([writes(), reboots()]).toEqual([[], []]);
  });

  test("a BootNext that is already right is not written again", async () => {
    await commanded({}, (h) => h.write("fake/boot-next", "0006\n"));
    expect(writes()).toEqual([]);
    expect(reboots()).toHaveLength(1);
  });

  test("a daemon that is restarted in the same boot does not reboot a second time", async () => {
    await stop(await commanded());
    host.start();
    await moreHeartbeats(4);
    expect(reboots()).toHaveLength(1);
  });

  test("a command without a run id is obeyed once, too", async () => {
    host = createScratchHost(fake.url);
    fake.command = { command: "reboot_for_vetting" };
    host.start();
    await moreHeartbeats(4);
    expect(reboots()).toHaveLength(1);
  });

  test("the next run, and the next boot, are obeyed anew", async () => {
    const child = await commanded();
    fake.command = { command: "reboot_for_vetting", runId: 43 };
    await expect.poll(() => reboots().length, patient).toBe(2);
    await stop(child);
    host.write("proc/sys/kernel/random/boot_id", "0b5ce9f2-second-boot\n");
    host.start();
    await expect.poll(() => reboots().length, patient).toBe(3);
  });
});

/** The entry that `check` would take, for a listing of firmware entries. */
async function chosen(entries: string[], env: Record<string, string> = {}) {
  host = createScratchHost(fake.url, { entries, env, tools: ["efibootmgr"] });
  const { out } = await host.run(reporterScript, "check");
  return /network boot: (.*)/.exec(out)?.[1];
}

describe("the boot entry", () => {
  const without = (...numbers: string[]) =>
    BOOT_ENTRIES.filter((line) => !numbers.some((number) => line.startsWith(`Boot${number}`)));
  const path = "PciRoot(0x0)/Pci(0x4,0x0)/MAC(525400aa0002,0)";

  test("is HTTP over IPv4 when there is no PXE entry", async () => {
    expect(await chosen(without("0006"))).toMatch(/^efibootmgr: Boot0004 "UEFI HTTPv4/);
  });

  test("is never IPv6, iSCSI, a fixed URL, or another port's", async () => {
    expect(await chosen(without("0006", "0004"))).toBe(
      "none: This host cannot set a one-time network boot by itself: the firmware has no IPv4 network boot entry for eno2 (52:54:00:aa:00:02); switch on network boot of that port in the firmware setup; ipmitool is not installed. Choose the network in its boot menu by hand, or mend this.",
    );
  });

  test("may be switched off only when there is no active one", async () => {
    const off = `Boot0006  UEFI PXEv4 (MAC:525400AA0002)\t${path}/IPv4(0.0.0.00.0.0.0,0,0)`;
    expect(await chosen([...without("0006"), off])).toContain("Boot0004");
    await host.destroy();
    expect(await chosen([...without("0006", "0004"), off])).toContain("Boot0006");
  });

  test.each([
    ["the range form of IPv4", `${path}/IPv4(0.0.0.0:0<->0.0.0.0:0,0,0)`],
    ["the spelled-out form of IPv4", `${path}/IPv4(0.0.0.0,0x0,DHCP,0.0.0.0,0.0.0.0,0.0.0.0)`],
    ["no address family", path],
    ["vendor data behind it", `${path}/IPv4(0.0.0.00.0.0.0,0,0)..BO`],
  ])("is understood with %s", async (_what, devicePath) => {
    expect(await chosen(["BootOrder: 00AB", `Boot00ab* PXE port 2\t${devicePath}`])).toBe(
      'efibootmgr: Boot00AB "PXE port 2" for eno2 (52:54:00:aa:00:02)',
    );
  });

  test("cannot be had from entries without a MAC (the captured listing of a Dell server)", async ({
    annotate,
  }) => {
    const capture = new URL(
      "../../../shared/data/tool-output/efibootmgr/efibootmgr-v.txt",
      import.meta.url,
    );
    if (!existsSync(capture))
      await annotate("1 case on captured output did not run: ../shared/data is absent");
    const entries = existsSync(capture)
      ? (await import("node:fs")).readFileSync(capture, "utf8").trim().split("\n")
      : without("0003", "0004", "0005", "0006", "0007", "0008");
    expect(await chosen(entries)).toMatch(/^none: .*no IPv4 network boot entry for eno2/);
  });
});

describe("without a usable boot entry the BMC is asked", () => {
  const timerOff = "ipmitool raw 0x00 0x08 0x03 0x08";

  test("with efiboot on UEFI", async () => {
    await commanded({ tools: ["ipmitool"] });
    expect(writes()).toEqual([timerOff, "ipmitool chassis bootdev pxe options=efiboot"]);
    expect(reboots()).toEqual(["reboot with BootNext= bootdev=Force PXE"]);
    expect(fake.registrations[0]?.netbootMethod).toBe("ipmitool");
    expect(fake.registrations[0]?.netbootNote).toContain("efibootmgr is not installed");
  });

  test("after the kernel's driver for it was loaded, where that was missing", async () => {
    await commanded({ tools: ["ipmitool", "modprobe"], bmc: false });
    expect(writes()[0]).toBe("modprobe -a ipmi_si ipmi_devintf");
    expect(writes().at(-1)).toBe("ipmitool chassis bootdev pxe options=efiboot");
    expect(reboots()).toHaveLength(1);
  });

  test("without efiboot on a BIOS host", async () => {
    await commanded({ uefi: false });
    expect(writes()).toEqual([timerOff, "ipmitool chassis bootdev pxe"]);
    expect(reboots()).toHaveLength(1);
  });

  test.each([
    ["efibootmgr fails", "fake/efi-broken"],
    ["the firmware drops BootNext", "fake/efi-forgets"],
  ])("when %s", async (_what, switchFile) => {
    await commanded({}, (h) => h.write(switchFile, ""));
    expect(writes().at(-1)).toBe("ipmitool chassis bootdev pxe options=efiboot");
    expect(reboots()).toEqual(["reboot with BootNext= bootdev=Force PXE"]);
    expect(problems()).toEqual(new Set([undefined]));
  });
});

describe("when it cannot, it says so and does not reboot", () => {
  test.each<[string, HostOptions, string, string]>([
    [
      "no tool is there",
      { tools: [] },
      "",
      "efibootmgr is not installed; ipmitool is not installed",
    ],
    [
      "a BIOS host has no BMC",
      { uefi: false, bmc: false },
      "",
      "not started by UEFI, so there are no boot entries to set; ipmitool failed: Could not open device at /dev/ipmi0",
    ],
    [
      "the EFI variables are broken and there is no BMC",
      { bmc: false },
      "fake/efi-broken",
      "efibootmgr failed: EFI variables are not supported on this system.",
    ],
    [
      "the firmware drops BootNext and there is no BMC",
      { bmc: false },
      "fake/efi-forgets",
      "the firmware did not keep BootNext 0006",
    ],
    [
      "the BMC drops the boot device",
      { tools: ["ipmitool"] },
      "fake/bmc-forgets",
      'did not keep PXE: its boot device is "No override"',
    ],
  ])("%s", async (_what, options, switchFile, words) => {
    await commanded(options, (h) => switchFile && h.write(switchFile, ""));
    expect(reboots()).toEqual([]);
    expect(problem()).toContain(words);
    // Said with the very next heartbeat, and again with each until the run is called off.
    expect(fake.heartbeats.map((beat) => beat.rebootProblem === undefined).slice(0, 4)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("EFI variables mounted read-only count as cannot", async () => {
    await commanded({ tools: ["efibootmgr"] }, (h) =>
      h.write("proc/mounts", `efivarfs ${h.dir}/sys/firmware/efi/efivars efivarfs ro,nosuid 0 0\n`),
    );
    expect(problem()).toContain("mounted read-only");
    expect([writes(), reboots()]).toEqual([[], []]);
  });

  test("the registration already says that it cannot, and why", async () => {
    await commanded({ tools: [] });
    expect(fake.registrations[0]).toMatchObject({ netbootMethod: "none" });
    expect(fake.registrations[0]?.netbootNote).toContain("efibootmgr is not installed");
  });

  test("a lasting problem is tried again only after a while, and three times in all", async () => {
    await commanded({ tools: ["efibootmgr"] }, (h) => h.write("fake/efi-forgets", ""));
    expect(writes()).toHaveLength(1);
    for (const [uptime, tries] of [
      [1400, 2],
      [1500, 2],
      [1800, 3],
      [2200, 3],
      [9000, 3],
    ] as const) {
      host.setUptime(uptime);
      await moreHeartbeats(4);
      expect([uptime, writes().length]).toEqual([uptime, tries]);
    }
  });

  test("what was mended meanwhile is noticed at the next try", async () => {
    await commanded({ bmc: false }, (h) => h.write("fake/efi-broken", ""));
    const { rmSync } = await import("node:fs");
    rmSync(`${host.dir}/fake/efi-broken`);
    host.setUptime(1400);
    await expect.poll(() => reboots(), patient).toEqual(["reboot with BootNext=0006 bootdev="]);
    await moreHeartbeats(2);
    expect(problem()).toBeUndefined();
  });
});

describe("when the reboot itself fails", () => {
  test("the reboot command's own words are reported", async () => {
    await commanded({}, (h) => h.write("fake/reboot-fails", ""));
    expect(problem()).toMatch(
      /the reboot command ".*fake-reboot" failed: Call to Reboot failed: Interactive authentication required\./,
    );
    expect(reboots()).toHaveLength(1);
  });

  test("a host that is still up long after says so, and tries again later, three times in all", async () => {
    await commanded();
    host.setUptime(1299);
    await moreHeartbeats(3);
    expect(problem()).toBeUndefined();
    host.setUptime(1301);
    await moreHeartbeats(3);
    expect(problem()).toMatch(/was run, but the host is still up 300 s later/);
    expect(reboots()).toHaveLength(1);
    for (const uptime of [1700, 2100, 2500, 2900, 3300, 3700]) {
      host.setUptime(uptime);
      await moreHeartbeats(4);
    }
    expect(reboots()).toHaveLength(3);
    expect(problem()).toMatch(/still up/);
  });
});

describe("when the run is called off", () => {
  test("a network boot that was set and not used is taken back", async () => {
    await commanded({}, (h) => h.write("fake/reboot-fails", ""));
    expect(host.exists("fake/boot-next")).toBe(true);
    fake.command = { command: "none" };
    await moreHeartbeats(4);
    expect(host.exists("fake/boot-next")).toBe(false);
    expect(problem()).toBeUndefined();
  });

  test("a reboot under way is left alone", async () => {
    await commanded();
    fake.command = { command: "none" };
    await moreHeartbeats(4);
    expect(host.read("fake/boot-next").trim()).toBe("0006");
  });
});
