import { describe, expect, test } from "vitest";
import { runDiskPass } from "../../../agent/stages/fio-pass.ts";
import { storageStage } from "../../../agent/stages/storage.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { type Answer, fixture } from "../fixture-host.ts";
import { stressHost } from "./stress-host.ts";

const params = { readSeconds: 1, writeSeconds: 1, badblocks: true, queueDepth: 8 };
const disk = (over: Partial<Inventory["disks"][number]> = {}): Inventory["disks"][number] => ({
  ...{ byId: null, model: "Model", serial: "VT-D1", wwn: null, slot: "Bay 3", inUse: null },
  ...{ name: "loop0", sizeBytes: 1e9, transport: "virtio", rotational: false },
  ...over,
});
const inventory = (...disks: Inventory["disks"]): Inventory => ({ ...emptyInventory, disks });
const fioSaying = (name: string, exitCode = 0): Answer => ({
  stdout: fixture(`fio/${name}.stdout.txt`),
  exitCode,
});
const MOUNTED =
  '{"blockdevices": [{"name": "loop0", "kname": "loop0", "type": "disk", "size": 1, "mountpoints": ["/srv"]}]}';

async function storage(
  answers: Parameters<typeof stressHost>[1],
  overrides: NonNullable<Parameters<typeof stressHost<"Storage">>[2]> = {},
) {
  const host = stressHost<"Storage">(params, answers, {
    inventory: inventory(disk()),
    ...overrides,
  });
  return { ...host, report: await storageStage.run(host.ctx) };
}
const destructive = { liveImage: true, nonDestructive: false };
const fioCalls = (calls: readonly string[]) => calls.filter((call) => call.startsWith("fio"));

describe("what may be written to", () => {
  test("in a non-destructive run nothing: reads only, under fio's own write protection", async () => {
    const { report, calls } = await storage({}, { nonDestructive: true, liveImage: true });
    expect(fioCalls(calls)).toHaveLength(2);
    for (const call of fioCalls(calls)) expect(call).toContain("--readonly");
    expect(calls.join("\n")).not.toMatch(/badblocks|rw=randwrite/);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.summary).toMatch(/ under load: read-only\b/);
  });

  test("outside the live image nothing, and the run lists it as a gap", async () => {
    const { report, calls } = await storage({}, { nonDestructive: false, liveImage: false });
    for (const call of fioCalls(calls)) expect(call).toContain("--readonly");
    expect(report.gaps).toContainEqual({
      what: "writing to loop0",
      why: "Refused: the agent does not run in the live image.",
      absent: false,
    });
  });

  test("a disk in use never, though it is read", async () => {
    const { report, calls } = await storage({ lsblk: MOUNTED }, destructive);
    expect(fioCalls(calls)).toHaveLength(2);
    for (const call of fioCalls(calls)) expect(call).toContain("--readonly");
    expect(report.gaps).toContainEqual({
      what: "writing to loop0",
      why: "Refused: loop0 is mounted at /srv.",
      absent: false,
    });
  });

  test("when nobody can say what is in use, nothing", async () => {
    const { calls } = await storage(
      { lsblk: { exitCode: 1 } },
      {
        ...destructive,
        files: {
          readText: () => Promise.resolve(null),
          list: (path) => Promise.resolve(path === "/sys/block" ? ["loop0"] : []),
          resolveLink: () => Promise.resolve(null),
          writeText: () => Promise.resolve(false),
        },
      },
    );
    for (const call of fioCalls(calls)) expect(call).toContain("--readonly");
    expect(fioCalls(calls)).toHaveLength(2);
  });

  test("a free disk in the live image is written, verified, and, when it spins, scanned", async () => {
    const answers = {
      fio: () => fioSaying("write-verify-ok"),
      badblocks: { stderr: fixture("badblocks/clean.stderr.txt") },
    };
    const spinning = inventory(disk({ rotational: true }));
    const { report, calls } = await storage(answers, { ...destructive, inventory: spinning });
    expect(fioCalls(calls)[2]).toContain("--verify=md5");
    expect(
      calls.some((call) => call.startsWith("badblocks -wsv") && call.endsWith("/dev/loop0")),
    ).toBe(true);
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.summary).toContain("1 written and verified");
    expect(report.proof?.map(({ what }) => what)).toContain("disk loop0 write and verify");
  });
});

describe("never a false pass", () => {
  test("proof stands behind a pass, and the server agrees", async () => {
    const { report } = await storage({});
    expect(report.proof).toMatchObject([
      { what: "disk loop0 random read", requestedS: 1, unit: "By" },
      { what: "disk loop0 sequential read", requestedS: 1, unit: "By" },
    ]);
    const judged = judgeStage({ stage: "Storage", proof: [], measurements: [], ...report }, []);
    expect(judged.result).toBe("pass");
  });

  test("a read error fails, names the disk by slot and serial, and writes no further", async () => {
    const { report, calls } = await storage({ fio: fioSaying("read-eio", 1) }, destructive);
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toContain("ended with error 5");
    expect(report.blame).toEqual([
      { part: "disk loop0", slot: "Bay 3", serial: "VT-D1", model: "Model" },
    ]);
    expect(fioCalls(calls)).toHaveLength(1);
  });

  test("a verify error fails whatever fio's exit code", async () => {
    const answers = [fioSaying("sequential-read-ok"), fioSaying("sequential-read-ok")];
    const { report } = await storage(
      { fio: () => answers.shift() ?? fioSaying("verify-error", 0) },
      destructive,
    );
    expect(report.reason).toContain("ended with error 84");
    expect(report.result).toBe("fail");
  });

  test("a small disk that was filled, verified and filled again has had its whole time", async () => {
    const pass = await runDiskPass(
      stressHost(params, { fio: { ...fioSaying("write-verify-filled"), elapsedS: 6.4 } }).ctx,
      "write-verify",
      [{ name: "loop0", path: "/dev/loop0", protectedBy: null, disk: disk({}) }],
      6,
      16,
    );
    expect(pass).toMatchObject({
      kind: "ran",
      passes: [{ failures: [], proof: { requestedS: 6, elapsedS: 6.001 } }],
    });
  });

  test("writing that was not read back verified nothing", async () => {
    const unread = fixture("fio/write-verify-ok.stdout.txt").replace(
      /("read" : \{\s*"io_bytes" : )\d+/,
      "$10",
    );
    const answers = [fioSaying("sequential-read-ok"), fioSaying("sequential-read-ok")];
    const { report } = await storage({ fio: () => answers.shift() ?? unread }, destructive);
    expect(report.reason).toContain("Nothing was read back");
  });

  test("bad blocks fail although badblocks exits 0", async () => {
    const answers = {
      fio: () => fioSaying("write-verify-ok"),
      badblocks: { stderr: fixture("badblocks/14336-bad.stderr.txt") },
    };
    const { report } = await storage(answers, {
      ...destructive,
      inventory: inventory(disk({ rotational: true })),
    });
    expect(report.reason).toContain("badblocks found 14336 bad blocks on loop0.");
  });

  test("an I/O error in the kernel log fails even when fio noticed nothing", async () => {
    let asked = 0;
    const { report } = await storage({
      dmesg: () => (asked++ === 0 ? "" : fixture("dmesg/raw-io-error.txt")),
    });
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("I/O error, dev loop0");
  });

  test("what the drive counted under load fails; what it had counted before does not", async () => {
    const smart = (pending: number, reallocated: number) =>
      JSON.stringify({
        smartctl: { exit_status: 0 },
        device: { protocol: "ATA" },
        smart_status: { passed: true },
        ata_smart_attributes: {
          table: [
            { id: 5, name: "Reallocated_Sector_Ct", raw: { value: reallocated } },
            { id: 197, name: "Current_Pending_Sector", raw: { value: pending } },
          ],
        },
      });
    const grown = (before: string, after: string) => {
      const answers = [before];
      return storage(
        { smartctl: () => answers.pop() ?? after },
        { inventory: inventory(disk({ transport: "sata" })) },
      );
    };
    const standing = await grown(smart(3, 9), smart(3, 9));
    expect(standing.report.result).toBe("pass");
    const { report } = await grown(smart(3, 9), smart(4, 11));
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("4 pending sectors");
    expect(report.reason).toContain("2 more reallocated sectors");
  });

  test("a missing fio is an error", async () => {
    const { report } = await storage({ fio: { outcome: "tool-missing" } });
    expect(report).toMatchObject({ status: "error", reason: "loop0: fio is not installed." });
  });
});

describe("nothing to read", () => {
  test("a host without disks is skipped: the hardware is absent", async () => {
    const { report } = await storage({}, { inventory: inventory() });
    expect(report).toMatchObject({ status: "skipped", gaps: [{ what: "disks", absent: true }] });
  });

  test("a disk that the host does not let the agent open is a gap, and the other is tested", async () => {
    const both = inventory(disk(), disk({ name: "vda" }));
    const { report } = await storage({ fio: fioSaying("one-forbidden", 1) }, { inventory: both });
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.summary).toContain("1 of 2 disks");
    expect(report.gaps).toMatchObject([{ what: "disk vda", absent: false }]);
    const alone = await storage(
      { fio: fioSaying("one-forbidden", 1) },
      { inventory: inventory(disk({ name: "vda" })) },
    );
    expect(alone.report).toMatchObject({ status: "skipped", result: "not_applicable" });
  });

  test("without an inventory nothing is known", async () => {
    expect((await storage({}, { inventory: null })).report.status).toBe("error");
  });
});
