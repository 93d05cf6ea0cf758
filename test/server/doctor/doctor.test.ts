import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { doctorResponseSchema } from "../../../contract/console-api.ts";
import { vettingConfigSchema } from "../../../contract/vetting-config.ts";
import { bindError, inTheWay } from "../../../server/doctor/check-ports.ts";
import { checkVersions } from "../../../server/doctor/check-versions.ts";
import { type DoctorDeps, runDoctor } from "../../../server/doctor/doctor.ts";

const MIB = 1024 * 1024;

/** A boot directory with one boot file and a manifest that says so. */
function bootDir(manifest: unknown = { files: [file("live/vmlinuz", 3)] }): string {
  const directory = mkdtempSync(join(tmpdir(), "vetting-boot-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "live"));
  writeFileSync(join(directory, "live", "vmlinuz"), "abc");
  const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
  writeFileSync(join(directory, "manifest.json"), text);
  return directory;
}

function file(path: string, bytes: number) {
  return { path, bytes, sha256: "a".repeat(64) };
}

interface Setting {
  readonly config?: Record<string, unknown>;
  readonly deps?: Partial<DoctorDeps>;
}

/** A console in good health, but for what is given. */
async function doctorOf({ config = {}, deps = {} }: Setting = {}) {
  const lab = { address: "10.20.0.1", dhcpPort: 0, pxePort: 0, tftpPort: 0 };
  const response = await runDoctor({
    config: vettingConfigSchema.parse({ vetting: { lab, ...config } }).vetting,
    dataDir: "/var/lib/vetting",
    bootDir: deps.bootDir ?? bootDir(),
    labUrl: () => "http://10.20.0.1:8421",
    interfaces: () => [
      { name: "eth1", address: "10.20.0.1", mac: "52:54:00:12:34:56", internal: false },
      { name: "lo", address: "127.0.0.1", mac: "00:00:00:00:00:00", internal: true },
    ],
    freeDiskBytes: () => 5000 * MIB,
    iperf3: () => "/usr/bin/iperf3",
    ownPorts: () => ({ lab: 8421, dhcp: null, pxe: null, tftp: null }),
    consoleVersion: "0.1.0",
    ...deps,
  });
  expect(() => doctorResponseSchema.parse(response)).not.toThrow();
  return response;
}

async function check(id: string, setting?: Setting) {
  const { checks } = await doctorOf(setting);
  return checks.find((it) => it.id === id)!;
}

test("a console in good health has nothing but green rows, with nothing to mend", async () => {
  const { ok, checks, labUrl, interfaces } = await doctorOf();
  expect(ok).toBe(true);
  expect(checks.map(({ id, status, mend }) => [id, status, mend])).toEqual(
    [
      "address",
      "port-tcp-lab",
      "port-udp-dhcp",
      "port-udp-pxe",
      "port-udp-tftp",
      "image",
      "iperf3",
      "disk",
      "versions",
    ].map((id) => [id, "ok", null]),
  );
  expect(labUrl).toBe("http://10.20.0.1:8421");
  expect(interfaces).toHaveLength(2);
});

test("one failed row is enough to say so; a warning is not", async () => {
  expect((await doctorOf({ deps: { freeDiskBytes: () => 1 } })).ok).toBe(false);
  expect((await doctorOf({ deps: { iperf3: () => null } })).ok).toBe(true);
});

describe("the lab address", () => {
  test("that is not set fails, and the mend names one that this machine has", async () => {
    const row = await check("address", { config: { lab: { address: null } } });
    expect(row).toMatchObject({ status: "fail", mend: "npm start -- --lab-address 10.20.0.1" });
    expect(row.detail).toContain("10.20.0.1 (eth1)");
  });

  test("that this machine does not have fails", async () => {
    const row = await check("address", { config: { lab: { address: "10.99.0.1" } } });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain("10.99.0.1 is on no interface");
  });

  test("on loopback warns: no other machine reaches it", async () => {
    const row = await check("address", { config: { lab: { address: "127.0.0.1" } } });
    expect(row.status).toBe("warn");
  });
});

describe("ports", () => {
  test("a TCP port that another program has is named with its owner", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const row = await check("port-tcp-lab", {
      config: { lab: { address: "127.0.0.1", httpPort: port } },
      deps: { ownPorts: () => ({ lab: null, dhcp: null, pxe: null, tftp: null }) },
    });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain(`TCP ${port} is taken by`);
    expect(row.detail).toContain(`(process ${process.pid})`);
    expect(row.mend).toBe(`sudo kill ${process.pid}`);
  });

  test("a UDP port that another program has warns, and says that nothing uses it yet", async () => {
    const socket = createSocket("udp4").bind(0, "0.0.0.0");
    onTestFinished(() => void socket.close());
    await once(socket, "listening");
    const { port } = socket.address();
    const row = await check("port-udp-dhcp", { config: { lab: { dhcpPort: port } } });
    expect(row.status).toBe("warn");
    expect(row.detail).toContain(`UDP ${port} is taken by`);
    expect(row.detail).toContain("not part of this version");
  });

  test("that can be bound are left free again", async () => {
    const socket = createSocket("udp4").bind(0, "0.0.0.0");
    await once(socket, "listening");
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const row = await check("port-udp-tftp", { config: { lab: { tftpPort: port } } });
    expect(row).toMatchObject({ status: "ok", mend: null });
    expect(row.detail).toContain("not part of this version");
    expect(await bindError("udp", port, "0.0.0.0")).toBeNull();
  });

  test("of services that are switched off, or our own, are not tried", async () => {
    const off = await check("port-udp-tftp", { config: { lab: { tftp: false, tftpPort: 1 } } });
    expect(off).toMatchObject({ status: "ok", detail: "Switched off in the configuration." });
    const own = await check("port-udp-dhcp", {
      deps: { ownPorts: () => ({ lab: null, dhcp: 67, pxe: null, tftp: null }) },
    });
    expect(own).toMatchObject({ status: "ok", detail: "The console listens on UDP 67." });
  });

  test("an address that this machine does not have cannot be bound", async () => {
    expect(await bindError("tcp", 0, "192.0.2.254")).toBe("EADDRNOTAVAIL");
  });

  test.each([
    [67, "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=67"],
    [69, "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=67"],
    [53, "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=53"],
  ])("a privileged port %i has its one command on Linux", (port, mend) => {
    expect(inTheWay("udp", port, "EACCES", "--dhcp-port", () => null, "linux").mend).toBe(mend);
  });

  test("elsewhere the mend is another port or more rights", () => {
    const { mend } = inTheWay("udp", 69, "EACCES", "--tftp-port", () => null, "darwin");
    expect(mend).toContain("--tftp-port");
  });

  test("an owner that this user may not see is looked up with ss", () => {
    const row = inTheWay("udp", 67, "EADDRINUSE", "--dhcp-port", () => null);
    expect(row.mend).toBe("sudo ss -lunp 'sport = :67'");
    const seen = inTheWay("udp", 67, "EADDRINUSE", "--dhcp-port", () => ({
      pid: 812,
      name: "dnsmasq",
    }));
    expect(seen.detail).toContain("taken by dnsmasq (process 812)");
  });
});

describe("the disk", () => {
  test.each([
    [1024, "ok", null],
    [1023, "warn", "du -xh --max-depth=2 /var/lib/vetting | sort -h"],
    [512, "warn", "du -xh --max-depth=2 /var/lib/vetting | sort -h"],
    [511, "fail", "du -xh --max-depth=2 /var/lib/vetting | sort -h"],
  ])("with %i MiB free is %s", async (mib, status, mend) => {
    const row = await check("disk", { deps: { freeDiskBytes: () => mib * MIB } });
    expect(row).toMatchObject({ status, mend });
    expect(row.detail).toContain(`${mib} MiB are free`);
  });

  test("that does not say how full it is warns", async () => {
    const row = await check("disk", {
      deps: { freeDiskBytes: () => null, dataDir: "/data/it's" },
    });
    expect(row).toMatchObject({ status: "warn", mend: String.raw`df -h '/data/it'\''s'` });
  });
});

describe("the live image", () => {
  test("that is missing warns and says what still works", async () => {
    const row = await check("image", { deps: { bootDir: "/no/such/dir" } });
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("/no/such/dir/manifest.json is missing");
    expect(row.mend).toBe("npm start -- --boot-dir DIR");
  });

  test.each([
    ["a file is missing", { files: [file("live/initrd", 3)] }, "live/initrd is missing"],
    ["a file is cut short", { files: [file("live/vmlinuz", 9)] }, "has 3 bytes instead of 9"],
    ["a directory is no boot file", { files: [file("live", 3)] }, "live is missing"],
    ["a path leads out of it", { files: [file("../../etc/passwd", 3)] }, "not a manifest"],
    ["it names no files", { files: [] }, "not a manifest"],
    ["it is no JSON", "{", "not a manifest"],
  ])("fails when %s", async (_, manifest, detail) => {
    const row = await check("image", { deps: { bootDir: bootDir(manifest) } });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain(detail);
  });
});

describe("the network peer", () => {
  test("missing warns with the command that installs it", async () => {
    const row = await check("iperf3", { deps: { iperf3: () => null } });
    expect(row.status).toBe("warn");
    expect(row.mend).toMatch(/install iperf3$/);
  });

  test("of the configuration makes iperf3 here unnecessary", async () => {
    const row = await check("iperf3", {
      config: { network: { iperfPeer: "iperf.lab" } },
      deps: { iperf3: () => null },
    });
    expect(row).toMatchObject({ status: "ok", mend: null });
    expect(row.detail).toContain("iperf.lab");
  });
});

describe("versions", () => {
  test("are told, and a Node that is too old fails", () => {
    expect(checkVersions("0.1.0", "24.21.0")).toMatchObject({ status: "ok" });
    expect(checkVersions("0.1.0", "22.14.0")).toMatchObject({ status: "ok" });
    expect(checkVersions("0.1.0", "22.13.1")).toMatchObject({ status: "fail" });
    expect(checkVersions("0.1.0", "20.20.2").detail).toContain("Vetting 0.1.0, Node 20.20.2");
  });
});
