import { describe, expect, test } from "vitest";
import { checkVersions } from "../../../server/doctor/check-versions.ts";
import { runDoctor } from "../../../server/doctor/doctor.ts";
import { check, doctorOf, healthy, MIB, WHOLE_IMAGE } from "./healthy.ts";

test("a console in good health has nothing but green rows, with nothing to mend", async () => {
  const { ok, checks, labUrl, interfaces } = await doctorOf();
  expect(ok).toBe(true);
  expect(checks.map(({ id, status, mend }) => [id, status, mend])).toEqual(
    [
      ...["address", "interface", "privilege"],
      ...["port-tcp-lab", "port-udp-dhcp", "port-udp-pxe", "port-udp-tftp"],
      ...["dhcp-server", "rival-netboot", "rival-tftp", "firewall"],
      ...["image", "ipxe", "agent", "iperf3", "disk", "clock", "versions"],
    ].map((id) => [id, "ok", null]),
  );
  expect(labUrl).toBe("http://10.20.0.1:8421");
  expect(interfaces).toHaveLength(2);
});

test("the image is named as its manifest names it; one that is not there has no name", async () => {
  expect((await doctorOf()).image).toEqual({
    builtAt: "2026-11-01T10:00:00.000Z",
    distribution: "Debian 12 (bookworm)",
  });
  const missing = { kind: "missing", manifestFile: "/boot/manifest.json" } as const;
  expect((await doctorOf({ deps: { bootFiles: async () => missing } })).image).toBeNull();
});

test("one failed row is enough to say so; a warning is not", async () => {
  expect((await doctorOf({ deps: { freeDiskBytes: () => 1 } })).ok).toBe(false);
  expect((await doctorOf({ deps: { iperf3: () => null } })).ok).toBe(true);
});

test("no row's title or sentence is empty or unfinished, whatever is wrong", async () => {
  const { checks } = await doctorOf({
    config: { lab: { address: null } },
    deps: {
      ...{ freeDiskBytes: () => 1, iperf3: () => null, agentBuilt: () => false },
      bootFiles: async () => ({ kind: "missing", manifestFile: "/boot/manifest.json" }),
      ownPorts: () => null,
    },
  });
  for (const { title, detail } of checks) {
    expect(title).not.toBe("");
    expect(detail).toMatch(/^\S.*\.$/);
    expect(detail).not.toMatch(/undefined|null|NaN|\[object/);
  }
});

describe("a check that breaks down is a row, never an error", () => {
  test("when it throws", async () => {
    const row = await check("clock", {
      deps: { clock: () => Promise.reject(new Error("no such clock")) },
    });
    expect(row).toMatchObject({ status: "fail", title: "Clock", mend: null });
    expect(row.detail).toContain("broke down: no such clock");
  });

  test("when it throws before it has begun to wait", async () => {
    const row = await check("agent", {
      deps: {
        agentBuilt: () => {
          throw new Error("EIO");
        },
      },
    });
    expect(row.detail).toContain("EIO");
  });

  test("when it hangs, and the others are told all the same", async () => {
    const deps = { ...healthy(), clock: () => new Promise<never>(() => {}) };
    const { checks } = await runDoctor(deps, 50);
    expect(checks.filter(({ status }) => status === "fail").map(({ id }) => id)).toEqual(["clock"]);
    expect(checks.find(({ id }) => id === "clock")?.detail).toContain("did not end within");
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
  const ofFiles =
    (names: string[], problems: string[] = []) =>
    async () => ({
      kind: "checked" as const,
      problems,
      manifest: { files: names.map((path) => ({ path, bytes: 1, sha256: "a".repeat(64) })) },
    });

  test("that is whole says what it is and how old", async () => {
    const { detail } = await check("image");
    expect(detail).toBe(
      "5 boot files of 50 MiB in all, every checksum right, Debian 12 (bookworm), built 2026-11-01.",
    );
  });

  test("that is missing warns, says what still works, and is built with one command", async () => {
    const bootFiles = async () => ({ kind: "missing" as const, manifestFile: "/b/manifest.json" });
    const row = await check("image", { deps: { bootFiles } });
    expect(row).toMatchObject({ status: "warn", mend: "npm run image" });
    expect(row.detail).toContain("/b/manifest.json is missing");
    expect(await check("ipxe", { deps: { bootFiles } })).toMatchObject({
      ...{ status: "warn", mend: "npm run image" },
    });
  });

  test("whose manifest cannot be read fails with the reason", async () => {
    const row = await check("image", {
      deps: {
        bootFiles: async () => ({
          ...{ kind: "unreadable", manifestFile: "/b/manifest.json", why: "it is not JSON" },
        }),
      },
    });
    expect(row).toMatchObject({ status: "fail", mend: "npm run image" });
    expect(row.detail).toContain("it is not JSON");
  });

  test("with a damaged file fails and names it", async () => {
    const names = WHOLE_IMAGE.kind === "checked" ? WHOLE_IMAGE.manifest.files : [];
    const wrong = "initrd.img does not have the checksum of its build";
    const bootFiles = ofFiles(
      names.map(({ path }) => path),
      [wrong],
    );
    const row = await check("image", { deps: { bootFiles } });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain(wrong);
  });

  test("without a kernel in its manifest is no image", async () => {
    const bootFiles = ofFiles(["initrd.img", "filesystem.squashfs"]);
    const row = await check("image", { deps: { bootFiles } });
    expect(row.status).toBe("fail");
    expect(row.detail).toContain("vmlinuz is not in its manifest");
  });

  test("whose checksums take long is not waited for", async () => {
    const row = await check("image", {
      deps: { bootFiles: () => new Promise(() => {}), patienceMs: 20 },
    });
    expect(row.status).toBe("warn");
    expect(row.detail).toContain("still being read");
  });

  test.each([
    [["undionly.kpxe", "ipxe.efi"], "ok", "undionly.kpxe, ipxe.efi"],
    [["undionly.kpxe"], "fail", "snponly.efi or ipxe.efi for UEFI"],
    [["snponly.efi"], "fail", "undionly.kpxe for BIOS"],
  ])("boot loaders %j: %s", async (names, status, said) => {
    const row = await check("ipxe", { deps: { bootFiles: ofFiles(names) } });
    expect(row.status).toBe(status);
    expect(row.detail).toContain(said);
  });

  test("an agent that has not been built fails: the image finds nothing to run", async () => {
    const row = await check("agent", { deps: { agentBuilt: () => false } });
    expect(row).toMatchObject({ status: "fail", mend: "npm start" });
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

describe("the clock", () => {
  const at = (now: string, synchronized: boolean | null, platform: NodeJS.Platform = "linux") =>
    check("clock", {
      deps: { clock: async () => ({ platform, now: new Date(now), synchronized }) },
    });

  test("that no time server keeps warns with the one command", async () => {
    const row = await at("2026-11-24T10:00:00Z", false);
    expect(row).toMatchObject({ status: "warn", mend: "sudo timedatectl set-ntp true" });
    expect((await at("2026-11-24T10:00:00Z", false, "win32")).mend).toBe("w32tm /resync");
  });

  test("that shows a year that cannot be fails", async () => {
    expect((await at("1970-01-01T00:00:10Z", true)).status).toBe("fail");
    expect((await at("2222-01-01T00:00:00Z", null)).status).toBe("fail");
  });

  test("of which nothing is known is told as it is", async () => {
    const row = await at("2026-11-24T10:00:00Z", null);
    expect(row.status).toBe("ok");
    expect(row.detail).toContain("2026-11-24 10:00 UTC");
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
