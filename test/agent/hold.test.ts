import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { captureEvidence, captureResetEvidence } from "../../agent/evidence.ts";
import type { HeldFailure } from "../../agent/held-failure.ts";
import { Hold, type HoldDeps } from "../../agent/hold.ts";
import type { Login } from "../../agent/monitor-screen.ts";
import { sshdConfig, sshdPlaces, sshdUnit } from "../../agent/sshd-files.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { hostAccessSchema } from "../../contract/agent-api.ts";
import { fakeRun, temporaryFolder } from "./agent-rig.ts";

function hostWith(files: Record<string, string>) {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return createHostFiles(root);
}
const whole = { redact: (text: string) => text, signal: new AbortController().signal };

const FAILURE: HeldFailure = {
  stage: "Storage",
  reason: "Disk sda has 12 bad sectors.",
  blame: [{ part: "Bay 3", slot: null, serial: "WD-1", model: "WD4000" }],
};
const FINGERPRINT = `SHA256:${"a".repeat(43)}`;
const ADDRESSES = JSON.stringify([
  {
    ifname: "lo",
    address: "00:00:00:00:00:00",
    addr_info: [{ family: "inet", local: "127.0.0.1", scope: "host" }],
  },
  {
    ifname: "eth1",
    address: "52:54:00:00:00:99",
    addr_info: [{ family: "inet", local: "172.16.0.2", scope: "global" }],
  },
  {
    ifname: "eth0",
    address: "52:54:00:12:34:56",
    addr_info: [
      { family: "inet6", local: "fe80::1", scope: "link" },
      { family: "inet6", local: "fd00::7", scope: "global" },
      { family: "inet", local: "10.0.0.7", scope: "global" },
    ],
  },
]);

/** A hold on a host whose programs do what they should, unless the test says otherwise. */
function heldHost(options: Partial<HoldDeps> = {}, programs: Parameters<typeof fakeRun>[1] = {}) {
  const folder = temporaryFolder();
  const calls: string[] = [];
  const said: string[] = [];
  const logins: Login[] = [];
  const places = {
    stateDir: join(folder, "state"),
    motd: join(folder, "motd"),
    unitFolder: join(folder, "units"),
  };
  const deps: HoldDeps = {
    ...places,
    liveImage: true,
    mac: "52:54:00:12:34:56",
    sshKeys: ["ssh-ed25519 AAAA bench"],
    files: hostWith({ "/etc/shadow": "root:*:19000:0:99999:7:::\n" }),
    run: fakeRun(calls, {
      ipmitool: () => ({}),
      systemctl: () => ({}),
      wall: () => ({}),
      usermod: () => ({}),
      ip: () => ({ stdout: ADDRESSES }),
      "ssh-keygen": ([option]) =>
        option === "-l" ? { stdout: `256 ${FINGERPRINT} vetting (ED25519)\n` } : {},
      ...programs,
    }),
    sshAnswers: () => Promise.resolve(true),
    farewellMs: 1,
    log: (_level, text) => said.push(text),
    onLogin: (login) => logins.push(login),
    greetingFacts: () => ({
      host: { name: "vet-07", mac: "52:54:00:12:34:56", serial: null, product: null },
      runId: 12,
      profile: "quick",
      nonDestructive: false,
      consoleUrl: "http://192.0.2.1:8421",
      evidence: [{ folder: "/run/vetting/evidence/Storage", names: ["dmesg.txt"] }],
    }),
    ...options,
  };
  return { hold: new Hold(deps), deps, calls, said, logins, ...places };
}

const keysOf = ({ stateDir }: { stateDir: string }) => join(stateDir, "ssh", "authorized_keys");
const unitOf = ({ unitFolder }: { unitFolder: string }) => join(unitFolder, "vetting-sshd.service");

describe("opening a held host", () => {
  test("in the live image: LED, greeting, keys, a host key of this boot, sshd; and how to get in is known", async () => {
    const host = heldHost();
    await host.hold.open(FAILURE);
    expect(host.calls).toEqual([
      "ipmitool chassis identify force",
      `ssh-keygen -q -t ed25519 -N  -C vetting -f ${host.stateDir}/ssh/host_ed25519_key`,
      "systemctl daemon-reload",
      "systemctl start vetting-sshd.service",
      `ssh-keygen -l -E sha256 -f ${host.stateDir}/ssh/host_ed25519_key.pub`,
      "ip -j address show",
    ]);
    expect(readFileSync(keysOf(host), "utf8")).toBe("ssh-ed25519 AAAA bench\n");
    expect(statSync(keysOf(host)).mode & 0o777).toBe(0o600);
    expect(readFileSync(host.motd, "utf8")).toContain("Disk sda has 12 bad sectors.");
    expect(host.hold.access).toEqual({
      user: "root",
      addresses: ["10.0.0.7", "fd00::7", "172.16.0.2"],
      port: 22,
      hostKeyFingerprint: FINGERPRINT,
    });
    expect(hostAccessSchema.safeParse(host.hold.access).success).toBe(true);
    expect(host.said.at(-1)).toContain(`ssh root@10.0.0.7`);
    expect(host.said.at(-1)).toContain(FINGERPRINT);
  });

  test("tells the console what became of the chassis LED, and why nobody can log in", async () => {
    const fine = heldHost();
    expect(fine.hold.facts).toBeNull();
    await fine.hold.open(FAILURE);
    expect(fine.hold.facts).toEqual({ chassisLed: "lit", noLogin: null });
    await fine.hold.end();
    expect(fine.hold.facts).toBeNull();

    const noBmc = { stderr: "Could not open device at /dev/ipmi0 or /dev/ipmi/0", exitCode: 1 };
    const dark = heldHost({ sshKeys: [] }, { ipmitool: () => noBmc });
    await dark.hold.open(FAILURE);
    expect(dark.hold.facts).toMatchObject({
      chassisLed: "no_bmc",
      noLogin: expect.stringContaining("No SSH keys are configured"),
    });

    const broken = heldHost({}, { ipmitool: () => ({ stderr: "Invalid command", exitCode: 1 }) });
    await broken.hold.open(FAILURE);
    expect(broken.hold.facts?.chassisLed).toBe("failed");

    const installed = heldHost({ liveImage: false });
    await installed.hold.open(FAILURE);
    expect(installed.hold.facts?.chassisLed).toBe("left_alone");
  });

  test("takes keys and nothing else, whatever the image's own configuration says", () => {
    const config = sshdConfig(sshdPlaces("/run/vetting")).split("\n");
    expect(config).toEqual(
      expect.arrayContaining([
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "AuthenticationMethods publickey",
        "AuthorizedKeysFile /run/vetting/ssh/authorized_keys",
        "HostKey /run/vetting/ssh/host_ed25519_key",
      ]),
    );
    expect(sshdUnit(sshdPlaces("/run/vetting"))).toContain(
      "ExecStart=/usr/sbin/sshd -D -e -f /run/vetting/ssh/sshd_config\n",
    );
  });

  test("elsewhere nothing is touched", async () => {
    const host = heldHost({ liveImage: false });
    await host.hold.open(FAILURE);
    await host.hold.end();
    await host.hold.endLeftOver();
    expect(host.calls).toEqual([]);
    expect([host.motd, host.stateDir, host.unitFolder].filter((path) => existsSync(path))).toEqual(
      [],
    );
  });

  test("without keys sshd stays down, and log and monitor say what to configure", async () => {
    const host = heldHost({ sshKeys: [] });
    await host.hold.open(FAILURE);
    expect(host.calls).toEqual(["ipmitool chassis identify force"]);
    expect(host.said.at(-1)).toMatch(/nobody can log in.*agent\.sshKeys in vetting\.yaml/);
    expect(host.logins).toEqual([{ kind: "closed", why: host.said.at(-1) }]);
    expect(host.hold.access).toBeNull();
    expect(existsSync(unitOf(host))).toBe(false);
  });

  test("a host key that is there is kept: a restarted agent shows the same fingerprint", async () => {
    const host = heldHost();
    mkdirSync(join(host.stateDir, "ssh"), { recursive: true });
    writeFileSync(join(host.stateDir, "ssh", "host_ed25519_key"), "key");
    await host.hold.open(FAILURE);
    expect(host.calls.filter((call) => call.startsWith("ssh-keygen -q"))).toEqual([]);
  });

  test("a locked root gets a password that nothing matches, as sshd refuses a locked one its keys too", async () => {
    const host = heldHost({ files: hostWith({ "/etc/shadow": "root:!*:19000::::::\n" }) });
    await host.hold.open(FAILURE);
    expect(host.calls).toContain("usermod -p * root");
  });

  test.each([
    [
      "a unit that does not start",
      { systemctl: () => ({ exitCode: 1, stderr: "no such unit" }) },
      {},
      /no such unit/,
    ],
    [
      "an sshd that does not answer",
      {},
      { sshAnswers: () => Promise.resolve(false) },
      /does not answer/,
    ],
    [
      "no ssh-keygen",
      { "ssh-keygen": () => ({ exitCode: 127, stderr: "not found" }) },
      {},
      /host key could not be made/i,
    ],
  ] as const)(
    "%s is said, and nobody is sent to a closed door",
    async (_what, programs, deps, words) => {
      const host = heldHost(deps, programs);
      await host.hold.open(FAILURE);
      expect(host.hold.access).toBeNull();
      expect(host.said.at(-1)).toMatch(words);
      expect(host.logins.at(-1)).toMatchObject({ kind: "closed" });
    },
  );
});

describe("the end of a hold", () => {
  test("sessions get a word, then sshd is stopped with them; keys, unit and greeting are gone", async () => {
    const host = heldHost();
    await host.hold.open(FAILURE);
    host.calls.length = 0;
    await host.hold.end();
    expect(host.calls).toEqual([
      "ipmitool chassis identify 0",
      expect.stringMatching(/^wall .*This session ends/),
      "systemctl stop vetting-sshd.service",
    ]);
    expect(existsSync(keysOf(host))).toBe(false);
    expect(existsSync(unitOf(host))).toBe(false);
    expect(readFileSync(host.motd, "utf8")).toBe("");
    expect(host.hold.access).toBeNull();
    expect(sshdUnit(sshdPlaces("/x"))).toContain("KillMode=control-group");
  });

  test("when sshd cannot be stopped the keys are gone all the same, and the log says so", async () => {
    const host = heldHost({}, { systemctl: ([verb]) => ({ exitCode: verb === "stop" ? 1 : 0 }) });
    await host.hold.open(FAILURE);
    await host.hold.end();
    expect(existsSync(keysOf(host))).toBe(false);
    expect(host.said.at(-1)).toContain("sshd could not be stopped");
  });

  test("a door that an agent before left open is closed before a stage begins", async () => {
    const host = heldHost();
    await host.hold.endLeftOver();
    expect(host.calls).toEqual([]);
    await host.hold.open(FAILURE);
    const next = new Hold(host.deps);
    await next.endLeftOver();
    expect(host.calls).toContain("systemctl stop vetting-sshd.service");
    expect(existsSync(keysOf(host))).toBe(false);
  });
});

describe("evidence", () => {
  const attempt = { samples: "time,sensor,value\n", toolOutput: "$ fio\n" };

  test("is taken from every source that the host has: drives, BMC, EDAC, kernel, links", async () => {
    const calls: string[] = [];
    const files = hostWith({
      "/dev/ipmi0": "",
      "/sys/block/sda/size": "1",
      "/sys/block/nvme0n1/size": "1",
      "/sys/block/loop0/size": "1",
      "/sys/devices/system/edac/mc/mc0/ce_count": "3",
      "/sys/devices/system/edac/mc/mc0/ue_count": "0",
    });
    const run = fakeRun(calls, {
      dmesg: () => ({ stdout: "kernel\n" }),
      ipmitool: () => ({ stdout: "1 | Memory | Correctable ECC\n" }),
      // A failing drive has smartctl exit 8: its words count, not the code.
      smartctl: ([, device]) => ({ stdout: `health of ${device}\n`, exitCode: 8 }),
      ip: () => ({ stdout: "links\n", stderr: "a complaint\n" }),
    });
    const evidence = await captureEvidence({ ...whole, run, files }, attempt);
    expect(evidence.map(({ kind }) => kind)).toEqual([
      "dmesg",
      "sel",
      "smart",
      "edac",
      "interfaces",
      "samples",
      "tool-output",
    ]);
    const text = Object.fromEntries(evidence.map((item) => [item.kind, item.text]));
    expect(text.smart).toBe(
      "==> /dev/nvme0n1 <==\nhealth of /dev/nvme0n1\n\n==> /dev/sda <==\nhealth of /dev/sda\n",
    );
    expect(text.edac).toContain('"correctedErrors": 3');
    expect(text.interfaces).toContain("a complaint");
    expect(calls).toContain("ipmitool sel elist");
  });

  test("a source that cannot be read leaves its reason, one that does not exist leaves nothing", async () => {
    const evidence = await captureEvidence(
      { ...whole, run: fakeRun([]), files: hostWith({}) },
      attempt,
    );
    expect(evidence.map(({ kind, text }) => [kind, text])).toEqual([
      ["dmesg", "dmesg is not installed.\n"],
      ["interfaces", "ip is not installed.\n"],
      ["samples", "time,sensor,value\n"],
      ["tool-output", "$ fio\n"],
    ]);
  });

  test("is bounded: the end is kept, and said to be cut", async () => {
    const run = fakeRun([], { dmesg: () => ({ stdout: `${"x".repeat(1_000_000)}the end` }) });
    const [dmesg] = await captureEvidence({ ...whole, run, files: hostWith({}) }, attempt);
    expect(dmesg?.text.length).toBe(1_000_000);
    expect(dmesg?.text.endsWith("the end")).toBe(true);
    expect(dmesg?.truncated).toBe(true);
  });

  test("after a reset holds what pstore kept, where systemd has moved it too", async () => {
    const files = hostWith({
      "/sys/fs/pstore/dmesg-efi-1": "Oops",
      "/var/lib/systemd/pstore/1700000000/dmesg.txt": "Panic",
    });
    const [pstore] = await captureResetEvidence({ ...whole, run: fakeRun([]), files });
    expect(pstore?.text).toContain("==> /sys/fs/pstore/dmesg-efi-1 <==\nOops");
    expect(pstore?.text).toContain("==> /var/lib/systemd/pstore/1700000000/dmesg.txt <==\nPanic");
  });
});
