import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeConsole, startFakeConsole } from "./fake-console.ts";
import {
  createScratchHost,
  type HostOptions,
  MAC,
  reporterScript,
  type ScratchHost,
} from "./scratch-host.ts";

vi.setConfig({ testTimeout: 60_000 });

let fake: FakeConsole;
let host: ScratchHost | undefined;

beforeEach(async () => {
  fake = await startFakeConsole();
});
afterEach(async () => {
  await host?.destroy();
  host = undefined;
  await fake.close();
  expect(fake.violations).toEqual([]);
});

function scratchHost(options: HostOptions = {}): ScratchHost {
  host = createScratchHost(fake.url, options);
  return host;
}

/** The registration of a host as it now stands. */
async function registration() {
  host?.start();
  await expect.poll(() => fake.heartbeats.length, { timeout: 20_000 }).toBeGreaterThan(0);
  return fake.registrations[0]!;
}

const shells = [
  { shell: "dash", client: "curl" },
  { shell: "dash", client: "wget" },
  { shell: "dash", client: "nc" },
  { shell: "busybox", client: "curl" },
  { shell: "busybox", client: "wget" },
] as const satisfies HostOptions[];

describe("registration", () => {
  test.each(shells)("under $shell with $client says what the host is", async (options) => {
    scratchHost(options);
    expect(await registration()).toEqual({
      hostname: readFileSync("/proc/sys/kernel/hostname", "utf8").trim(),
      macs: [MAC.eno1, MAC.eno2],
      uuid: "4c4c4544-0042-3510-8054-b4c04f4d3932",
      serial: "B5TM92",
      vendor: "Dell Inc.",
      product: "PowerEdge R640",
      os: "Debian GNU/Linux 12 (bookworm)",
      reporterVersion: "0.1.0",
      secureBoot: "disabled",
      netbootMethod: "efibootmgr",
      netbootNote: `Boot0006 "UEFI PXEv4 (MAC:525400AA0002)" for eno2 (${MAC.eno2})`,
    });
  });

  test.each(["dash", "busybox"] as const)(
    "under %s hostile DMI strings arrive as data",
    async (shell) => {
      const h = scratchHost({ shell });
      h.write("sys/class/dmi/id/product_serial", 'a"b\\c\u0001\t$(touch /tmp/owned)`id`\u007f\n');
      // Latin-1 ü, a lone continuation byte, an overlong slash, a surrogate and a cut-off sequence: all dropped.
      const broken = [0xfc, 0x80, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0xe2, 0x82];
      h.write(
        "sys/class/dmi/id/sys_vendor",
        Buffer.from([0x4d, ...broken, 0x4e, 0x00, 0x4f, 0xe2, 0x82, 0x0a]),
      );
      h.write("sys/class/dmi/id/product_name", "Größe 服务器 🖥 \n");
      h.write("sys/class/dmi/id/product_uuid", "   \n");
      h.write("etc/os-release", 'PRETTY_NAME="Evil \\"OS\\" \\$(id)"\n');
      const sent = await registration();
      expect(sent.serial).toBe('a"b\\c\u0001\t$(touch /tmp/owned)`id`\u007f');
      expect(sent.vendor).toBe("MNO");
      expect(sent.product).toBe("Größe 服务器 🖥");
      expect(sent.uuid).toBeUndefined();
      expect(sent.os).toBe('Evil "OS" $(id)');
    },
  );

  test("DMI strings longer than the contract allows are cut, astral characters not in half", async () => {
    const h = scratchHost();
    h.write("sys/class/dmi/id/product_serial", `${"x".repeat(5000)}\n`);
    h.write("sys/class/dmi/id/product_name", `${"y".repeat(255)}🖥\n`);
    const sent = await registration();
    expect(sent.serial).toBe("x".repeat(256));
    expect(sent.product).toBe("y".repeat(255));
  });

  test("a host without any DMI leaves the fields out", async () => {
    const h = scratchHost({ env: { VETTING_OS_RELEASE: "/nonexistent" } });
    for (const name of ["product_uuid", "product_serial", "sys_vendor", "product_name"])
      h.write(`sys/class/dmi/id/${name}`, "");
    const sent = await registration();
    expect(Object.keys(sent).sort()).toEqual([
      "hostname",
      "macs",
      "netbootMethod",
      "netbootNote",
      "reporterVersion",
      "secureBoot",
    ]);
  });

  test.each([
    [1, "enabled"],
    [0, "disabled"],
  ])("Secure Boot variable %i is %s", async (value, expected) => {
    const h = scratchHost();
    h.write(
      "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
      Buffer.from([6, 0, 0, 0, value]),
    );
    expect((await registration()).secureBoot).toBe(expected);
  });

  test("Secure Boot is unsupported on a BIOS host, and unknown where the variable cannot be read", async () => {
    scratchHost({ uefi: false });
    expect((await registration()).secureBoot).toBe("unsupported");
    await host?.destroy();
    fake.registrations.length = 0;
    fake.heartbeats.length = 0;
    const h = scratchHost();
    h.write("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "");
    expect((await registration()).secureBoot).toBe("unknown");
  });
});

describe("MAC addresses", () => {
  test("leave out virtual functions, Wi-Fi and the shared USB link to a BMC", async () => {
    const h = scratchHost();
    const extra = (name: string, mac: string, device: string) => {
      h.write(`sys/class/net/${name}/address`, mac);
      h.write(`sys/class/net/${name}/type`, "1\n");
      h.write(`sys/devices/${device}/vendor`, "");
      symlinkSync(join(h.dir, "sys/devices", device), join(h.dir, `sys/class/net/${name}/device`));
    };
    extra("eno1v0", "52:54:00:bb:00:01", "pci0000:00/vf");
    h.write("sys/devices/pci0000:00/vf/physfn", "");
    extra("wlan0", "00:1b:21:00:00:01", "pci0000:00/wifi");
    h.write("sys/class/net/wlan0/wireless", "");
    extra("enx0", "be:3a:f2:b6:05:9f", "pci0000:00/usb1/1-1");
    extra("enx1", "00:50:b6:00:00:01", "pci0000:00/usb1/1-2");
    expect((await registration()).macs).toEqual([MAC.eno1, MAC.eno2, "00:50:b6:00:00:01"]);
  });

  test("of bonded ports are their own, not the bond's", async () => {
    const h = scratchHost();
    h.write("sys/class/net/eno1/address", "52:54:00:aa:00:02\n");
    h.write("sys/class/net/bond0/address", "52:54:00:aa:00:02\n");
    h.write("sys/class/net/bond0/type", "1\n");
    for (const port of ["eno1", "eno2"])
      symlinkSync(`../${port}`, join(h.dir, `sys/class/net/bond0/lower_${port}`));
    h.write(
      "proc/net/bonding/bond0",
      "Ethernet Channel Bonding Driver: v6.1.0\n\nSlave Interface: eno1\nMII Status: up\n" +
        "Permanent HW addr: 52:54:00:AA:00:01\n\nSlave Interface: eno2\nPermanent HW addr: 52:54:00:aa:00:02\n",
    );
    h.write("fake/route-nic", "bond0\n");
    const sent = await registration();
    expect(sent.macs).toEqual([MAC.eno1, MAC.eno2]);
    expect(sent.netbootNote).toContain("Boot0003");
  });

  test("of a host without hardware ports are those of its virtual ones", async () => {
    const h = scratchHost();
    h.write("sys/class/net/eno1/type", "772\n");
    h.write("sys/class/net/eno2/type", "772\n");
    expect((await registration()).macs).toEqual(["9a:00:00:00:00:01"]);
  });
});

test("check tells a technician the same without a console, and writes nothing", async () => {
  const h = scratchHost();
  const { code, out } = await h.run(reporterScript, "check");
  expect(out).toContain(`console:      ${fake.url}`);
  expect(out).toContain("talks by:     curl");
  expect(out).toContain('network boot: efibootmgr: Boot0006 "UEFI PXEv4');
  expect(code).toBe(0);
  expect(h.exists("var")).toBe(false);
  expect(fake.registrations).toEqual([]);
});
