import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { captureEvidence, captureResetEvidence } from "../../agent/evidence.ts";
import { openForInvestigation } from "../../agent/hold.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
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

describe("opening a held host", () => {
  test("in the live image: LED, keys, sshd, fingerprint", async () => {
    const calls: string[] = [];
    const said: string[] = [];
    const sshFolder = join(temporaryFolder(), "ssh");
    await openForInvestigation({
      liveImage: true,
      sshKeys: ["ssh-ed25519 AAAA bench"],
      sshFolder,
      run: fakeRun(calls, {
        ipmitool: () => ({}),
        systemctl: () => ({}),
        "ssh-keygen": () => ({ stdout: "256 SHA256:abc root@live (ED25519)\n" }),
      }),
      log: (_level, text) => said.push(text),
    });
    expect(calls.slice(0, 2)).toEqual(["ipmitool chassis identify force", "systemctl start ssh"]);
    expect(readFileSync(join(sshFolder, "authorized_keys"), "utf8")).toBe(
      "ssh-ed25519 AAAA bench\n",
    );
    expect(statSync(join(sshFolder, "authorized_keys")).mode & 0o777).toBe(0o600);
    expect(said.at(-1)).toContain("SHA256:abc");
  });

  test("elsewhere nothing is touched", async () => {
    const calls: string[] = [];
    await openForInvestigation({
      liveImage: false,
      sshKeys: ["key"],
      run: fakeRun(calls),
      log: () => {},
    });
    expect(calls).toEqual([]);
  });

  test("without keys sshd stays down, and that is said", async () => {
    const said: string[] = [];
    const calls: string[] = [];
    await openForInvestigation({
      liveImage: true,
      sshKeys: [],
      run: fakeRun(calls),
      log: (_l, text) => said.push(text),
    });
    expect(calls).toEqual(["ipmitool chassis identify force"]);
    expect(said).toEqual(["No SSH keys are configured (agent.sshKeys): nobody can log in."]);
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
