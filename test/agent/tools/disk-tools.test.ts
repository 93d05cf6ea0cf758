import { describe, expect, test } from "vitest";
import {
  badblocksArgs,
  parseBadblocks,
  runBadblocksWrite,
} from "../../../agent/tools/badblocks.ts";
import { type FioReport, fioArgs, parseFio, runFio } from "../../../agent/tools/fio.ts";
import { parseHdparmIdentify } from "../../../agent/tools/hdparm.ts";
import { answering, fixture, hasSharedCaptures, sharedCapture } from "../fixture-host.ts";

const sda = { name: "sda", path: "/dev/sda" };

function parsed(stdout: string): Pick<FioReport, "version" | "jobs" | "messages"> {
  const reading = parseFio(stdout);
  if (reading.kind !== "ok") throw new Error(JSON.stringify(reading));
  return reading.value;
}

describe("what fio is asked to do", () => {
  test("reads carry fio's own write protection and no map of the disk", () => {
    for (const pattern of ["random-read", "sequential-read"] as const) {
      const args = fioArgs(pattern, [sda], 30, 32);
      expect(args).toContain("--readonly");
      expect(args.some((arg) => /verify|rw=.*write/.test(arg))).toBe(false);
    }
    expect(fioArgs("random-read", [sda], 30, 32)).toContain("--norandommap");
  });

  test("writing verifies with md5 as it goes", () => {
    const args = fioArgs("write-verify", [sda], 30, 32);
    expect(args).toEqual(expect.arrayContaining(["--verify=md5", "--verify_backlog=64"]));
    expect(args).not.toContain("--readonly");
  });

  test("jobs are threads, so that none leaves the process group, and one a disk", () => {
    const args = fioArgs("random-read", [sda, { name: "sdb", path: "/dev/sdb" }], 2.5, 4);
    expect(args).toContain("--thread");
    expect(args).toContain("--runtime=3");
    expect(args.slice(-4)).toEqual([
      "--name=sda",
      "--filename=/dev/sda",
      "--name=sdb",
      "--filename=/dev/sdb",
    ]);
  });
});

describe("what fio says", () => {
  test("a good read: bytes, rate, time and latency", () => {
    const { version, jobs } = parsed(fixture("fio/sequential-read-ok.stdout.txt"));
    expect(version).toBe("3.33");
    expect(jobs[0]).toMatchObject({ name: "loop0", error: 0, write: { bytes: 0 } });
    expect(jobs[0]?.read.bytes).toBeGreaterThan(1e9);
    expect(jobs[0]?.read.runtimeS).toBeCloseTo(1, 1);
    expect(jobs[0]?.read.p99LatencyMs).toBeGreaterThan(0);
  });

  test("a write that was verified was read back", () => {
    const [job] = parsed(fixture("fio/write-verify-ok.stdout.txt")).jobs;
    expect(job?.write.bytes).toBeGreaterThan(0);
    expect(job?.read.bytes).toBeGreaterThan(0);
  });

  test("text before the JSON is kept, and the job carries the errno", () => {
    const { jobs, messages } = parsed(fixture("fio/read-eio.stdout.txt"));
    expect(jobs[0]?.error).toBe(5);
    expect(messages[0]).toContain("error=Input/output error");
  });

  test("a verify error is errno 84", () => {
    expect(parsed(fixture("fio/verify-error.stdout.txt")).jobs[0]?.error).toBe(84);
  });

  test("one disk that may not be opened leaves the other its result", () => {
    const { jobs } = parsed(fixture("fio/one-forbidden.stdout.txt"));
    expect(jobs.map(({ name, error }) => [name, error])).toEqual([
      ["loop0", 0],
      ["vda", 1],
    ]);
  });

  test("no JSON at all is unreadable, and what stderr said is the reason", async () => {
    expect(parseFio("").kind).toBe("unreadable");
    const run = answering({ fio: { stderr: "fio: unrecognized option '--x'\n", exitCode: 1 } });
    expect(await runFio({ run }, [], 1)).toEqual({
      kind: "tool-failed",
      tool: "fio",
      message: "fio: unrecognized option '--x'",
    });
  });
});

describe.runIf(hasSharedCaptures())("fio on other people's disks", () => {
  test("an NVMe drive, and a job with two members", () => {
    const nvme = parsed(sharedCapture("fio/fio-3.16-nvme-randrw-ok.json"));
    expect(nvme.jobs.every(({ error, read }) => error === 0 && read.bytes > 0)).toBe(true);
    expect(parsed(sharedCapture("fio/json-plus-randrw-2jobs.json")).jobs.length).toBeGreaterThan(0);
  });
});

describe("badblocks", () => {
  test("counts what it printed, for it exits 0 either way", async () => {
    expect(parseBadblocks(fixture("badblocks/14336-bad.stderr.txt"))).toEqual({
      badBlocks: 14336,
      readErrors: 14336,
      writeErrors: 0,
      corruptions: 0,
    });
    const run = answering({ badblocks: { stderr: fixture("badblocks/14336-bad.stderr.txt") } });
    expect(await runBadblocksWrite({ run }, "/dev/sda", 1e12, 60)).toMatchObject({
      kind: "ok",
      value: { badBlocks: 14336 },
    });
  });

  test("four clean patterns", () => {
    expect(parseBadblocks(fixture("badblocks/clean.stderr.txt"))?.badBlocks).toBe(0);
  });

  test("without its closing line nothing is claimed", async () => {
    const run = answering({ badblocks: { stderr: "badblocks: Device or resource busy\n" } });
    expect((await runBadblocksWrite({ run }, "/dev/sda", 1e12, 60)).kind).toBe("tool-failed");
  });

  test("its blocks grow with the disk, for it numbers them in 32 bits", () => {
    expect(badblocksArgs("/dev/sda", 16e12).slice(1, -1)).toEqual(["-b", "4096", "-c", "1024"]);
    expect(badblocksArgs("/dev/sda", 20e12).slice(1, -1)).toEqual(["-b", "8192", "-c", "512"]);
  });
});

describe("hdparm -I", () => {
  // The layout of hdparm 9.65's security section, put together here: no ATA drive is at hand.
  const identify = (security: string) =>
    `\n/dev/sda:\n\nATA device, with non-removable media\n\tModel Number:       X\nSecurity: \n${security}Checksum: correct\n`;

  test("says how a drive could be erased", () => {
    expect(
      parseHdparmIdentify(
        identify("\t\tsupported\n\tnot\tenabled\n\tnot\tfrozen\n\t\tsupported: enhanced erase\n"),
      ),
    ).toMatchObject({
      kind: "ok",
      value: { securityErase: true, enhancedErase: true, frozen: false },
    });
  });

  test("frozen, and not supported", () => {
    expect(parseHdparmIdentify(identify("\tnot\tsupported\n\t\tfrozen\n"))).toMatchObject({
      value: { securityErase: false, frozen: true },
    });
    expect(parseHdparmIdentify("nothing").kind).toBe("unreadable");
  });
});
