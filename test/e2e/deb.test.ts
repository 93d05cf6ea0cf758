/**
 * The deb's own scripts, run by the real dpkg in a root made of this machine's file system, with network sysctls of its
 * own. First without systemd, noting what is asked of it; then under a systemd that was booted in such a root. The
 * desktop program in the deb is a stand-in for Electron, the headless console is the real one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BootedRoot } from "./booted-root.ts";
import { newDebs } from "./new-deb.ts";
import { mayMakeRoots, ThrowawayRoot } from "./throwaway-root.ts";

const able = mayMakeRoots();
if (!able) console.warn("The deb is not installed: that needs root and a kernel with overlayfs.");

const [OLD, NEW] = ["0.1.0", "0.1.1"];
const KERNELS_OWN = 1024;
/** A bound for what this machine does beside other things. */
const A_MINUTE = { timeout: 60_000 };
const ADMINS_FILE = "/etc/sysctl.d/60-vetting.conf";

let dir: string;
let debs: string;
const roots: ThrowawayRoot[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "vetting-deb-"));
  debs = mkdtempSync(join(dir, "debs-"));
  if (able) await newDebs(debs, [OLD, NEW]);
});
afterEach(async () => {
  for (const root of roots.splice(0)) await root.end();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function newRoot({ systemd = true } = {}): Promise<ThrowawayRoot> {
  const root = await ThrowawayRoot.make(mkdtempSync(join(dir, "root-")), debs, systemd);
  roots.push(root);
  return root;
}
const install = (root: ThrowawayRoot, version = OLD) =>
  root.sh(`dpkg -i /run/handed/vetting_${version}.deb`);

/** As the service would have left it, where its user's folder is private. */
const runService = (root: ThrowawayRoot) =>
  root.sh(
    "mkdir -p /var/lib/private/vetting && ln -s private/vetting /var/lib/vetting && echo runs >/var/lib/vetting/vetting.db",
  );

describe.skipIf(!able)("installing", () => {
  test("puts down the files of the package and changes no other", async () => {
    const root = await newRoot();
    install(root);
    const owned = new Set(root.sh("dpkg -L vetting").split("\n"));
    const changed = root.changedFiles();
    expect(changed.filter((path) => !owned.has(path))).toEqual([]);
    expect(changed.filter((path) => !path.startsWith("/opt/Vetting/"))).toEqual([
      "/usr/bin/vetting",
      "/usr/bin/vetting-console",
      "/usr/lib/sysctl.d/60-vetting.conf",
      "/usr/lib/systemd/system/vetting.service",
      "/usr/share/applications/vetting.desktop",
      "/usr/share/doc/vetting/copyright",
      "/usr/share/icons/hicolor/1024x1024/apps/vetting.png",
    ]);
  });

  test("starts and enables nothing", async () => {
    const root = await newRoot();
    install(root);
    expect(root.systemctlCalls()).toEqual(["daemon-reload", "try-restart vetting.service"]);
    expect(root.sh("systemctl is-enabled vetting || true")).toBe("disabled");
  });

  test("opens the ports from 67 on, so that the console netboots without being root", async () => {
    const root = await newRoot();
    expect(root.unprivilegedPortStart()).toBe(KERNELS_OWN);
    install(root);
    expect(root.unprivilegedPortStart()).toBe(67);
    root.sh("install -d -o 65534 -g 65534 /run/nobody");
    const child = root.startAsNobody(
      "vetting-console --json --data-dir /run/nobody --lab-address 192.0.2.10 --console-port 0",
    );
    const [line] = (await child.stdout?.take(1).toArray()) ?? [];
    const ready = JSON.parse(String(line)) as { pid: number };
    expect(ready).toMatchObject({ event: "ready", dhcpPort: 67, tftpPort: 69 });
    expect(root.sh(`stat -c %u /proc/${ready.pid}`)).toBe("65534");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(ready.pid, "SIGTERM");
    expect(await ended).toBe(0);
  });

  test("leaves them closed where the administrator has said so", async () => {
    const root = await newRoot();
    root.sh(`ln -s /dev/null ${ADMINS_FILE}`);
    install(root);
    expect(root.unprivilegedPortStart()).toBe(KERNELS_OWN);
  });

  test("in a chroot touches neither kernel nor services, which are another system's", async () => {
    const root = await newRoot({ systemd: false });
    install(root);
    expect(root.unprivilegedPortStart()).toBe(KERNELS_OWN);
    expect(root.systemctlCalls()).toEqual([]);
    root.sh("dpkg --purge vetting");
    expect(root.systemctlCalls()).toEqual(["--quiet disable vetting.service"]);
  });

  test("gives Chromium's sandbox its root bit, unless the administrator chose another mode", async () => {
    const root = await newRoot();
    install(root);
    const mode = () => root.sh("stat -c %a /opt/Vetting/chrome-sandbox");
    expect(mode()).toBe("4755");
    root.sh("dpkg-statoverride --update --add root root 0755 /opt/Vetting/chrome-sandbox");
    install(root, NEW);
    expect(mode()).toBe("755");
  });

  test("brings a unit that systemd finds no fault with", async () => {
    const root = await newRoot();
    install(root);
    expect(root.sh("systemd-analyze verify --man=no vetting.service 2>&1")).toBe("");
  });
});

describe.skipIf(!able)("upgrading", () => {
  test("leaves the service enabled, restarts it if it runs, and keeps the ports open", async () => {
    const root = await newRoot();
    install(root);
    root.sh("systemctl enable vetting 2>/dev/null");
    root.systemctlCalls();
    install(root, NEW);
    expect(root.systemctlCalls()).toEqual(["daemon-reload", "try-restart vetting.service"]);
    expect(root.sh("systemctl is-enabled vetting")).toBe("enabled");
    expect(root.unprivilegedPortStart()).toBe(67);
    expect(root.sh("dpkg --status vetting")).toContain(`\nVersion: ${NEW}\n`);
  });
});

describe.skipIf(!able)("removing", () => {
  test("stops and disables the service, closes the ports, and leaves only its data", async () => {
    const root = await newRoot();
    install(root);
    root.sh("systemctl enable vetting 2>/dev/null");
    runService(root);
    root.systemctlCalls();
    root.sh("dpkg --remove vetting");
    expect(root.systemctlCalls()).toEqual([
      "stop vetting.service",
      "--quiet disable vetting.service",
      "daemon-reload",
    ]);
    expect(root.unprivilegedPortStart()).toBe(KERNELS_OWN);
    expect(root.sh("find /etc/systemd /opt -iname '*vetting*'")).toBe("");
    expect(root.sh("cat /var/lib/vetting/vetting.db")).toBe("runs");
  });

  test("leaves ports alone that somebody else has opened", async () => {
    const root = await newRoot();
    install(root);
    root.sh("echo 80 >/proc/sys/net/ipv4/ip_unprivileged_port_start");
    root.sh("dpkg --remove vetting");
    expect(root.unprivilegedPortStart()).toBe(80);
  });

  test("leaves them open where the administrator's own file, as the doctor advises it, says so", async () => {
    const root = await newRoot();
    root.write(ADMINS_FILE, "net.ipv4.ip_unprivileged_port_start=67\n");
    install(root);
    root.sh("dpkg --remove vetting");
    expect(root.unprivilegedPortStart()).toBe(67);
  });

  test("purging leaves nothing, not even data", async () => {
    const root = await newRoot();
    install(root);
    runService(root);
    root.sh("dpkg --purge vetting");
    expect(root.changedFiles()).toEqual([]);
    expect(root.sh("dpkg --list vetting 2>&1 || true")).toContain("no packages found");
  });
});

describe.skipIf(!able)("the headless console under systemd", () => {
  const reached = "Hosts reach it at http://192.0.2.10:8421";
  let booted: BootedRoot;
  const property = (name: string) => booted.sh(`systemctl show -P ${name} vetting`);
  const journal = () => booted.sh("journalctl -u vetting -o cat");

  beforeAll(() => {
    const before = [
      `dpkg -i /run/handed/vetting_${OLD}.deb`,
      "echo VETTING_LAB_ADDRESS=192.0.2.10 >/etc/default/vetting",
      // The unit's own right to the low ports is to be seen, not the one that every user has.
      `ln -s /dev/null ${ADMINS_FILE}`,
    ];
    booted = new BootedRoot(mkdtempSync(join(dir, "root-")), debs, before.join("\n"));
  });
  afterAll(() => booted.end());

  test("does not run until somebody starts it", async () => {
    await expect.poll(() => booted.isUp(), A_MINUTE).toBe(true);
    expect(property("ActiveState")).toBe("inactive");
    booted.sh("systemctl start vetting");
    expect(property("ActiveState")).toBe("active");
  });

  test("netboots: it has the low ports, by the unit's right alone", async () => {
    await expect.poll(journal, A_MINUTE).toContain(reached);
    expect(booted.sh("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("1024");
    const sockets = booted.sh("ss --no-header --listening --udp --numeric").split("\n");
    const ports = sockets.map((line) => /:(\d+)\s/.exec(line)?.[1]);
    expect(new Set(ports)).toEqual(new Set(["67", "69", "4011"]));
  });

  test("runs as a user of its own, with one capability, behind a filter of system calls", () => {
    const status = booted.sh(`cat /proc/${property("MainPID")}/status`);
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];
    const bindService = "0000000000000400";
    expect(Number(field("Uid"))).toBeGreaterThan(1000);
    expect([field("CapEff"), field("CapBnd"), field("CapAmb")]).toEqual(Array(3).fill(bindService));
    expect(field("NoNewPrivs")).toBe("1");
    expect(field("Seccomp")).toBe("2");
  });

  test("keeps its data in /var/lib/vetting, for itself alone", () => {
    expect(booted.sh("stat -c %a /var/lib/vetting/ /var/lib/vetting/vetting.db")).toBe("700\n600");
  });

  test("is restarted by an upgrade, cleanly", async () => {
    const before = property("MainPID");
    booted.sh(`dpkg -i /run/handed/vetting_${NEW}.deb`);
    await expect.poll(() => journal().split(reached), A_MINUTE).toHaveLength(3);
    expect(property("MainPID")).not.toBe(before);
    expect(journal()).toContain("Deactivated successfully");
    expect(property("NRestarts")).toBe("0");
  });

  test("ends with the package, cleanly, and its data stays until that is purged", () => {
    const data = () => booted.sh("ls /var/lib/private/vetting/vetting.db");
    booted.sh("dpkg --remove vetting");
    expect(booted.sh("systemctl is-active vetting")).toBe("inactive");
    expect(journal()).not.toContain("Failed with result");
    expect(data()).toBe("/var/lib/private/vetting/vetting.db");
    booted.sh("dpkg --purge vetting");
    expect(data()).toContain("No such file");
  });
});
