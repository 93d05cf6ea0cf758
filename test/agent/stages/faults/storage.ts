import { fixture } from "../../fixture-host.ts";
import { ataDisk } from "../../tools/smart-json.ts";
import { disk, FIO_OK, fio, inTurn, LIVE, type Row, smarts } from "./fault-row.ts";

export const STORAGE_FAULTS: readonly Row[] = [
  [
    "Storage",
    "fio finds wrong data",
    {
      answers: {
        fio: fio("verify-error", { stderr: fixture("fio/verify-error.stderr.txt"), exitCode: 1 }),
      },
      context: LIVE,
    },
    "fail",
    /error 84/,
  ],
  [
    "Storage",
    "fio says wrong data, its report and exit code nothing",
    {
      answers: {
        fio: fio("sequential-read-ok", {
          stderr: "md5: verify failed at file /dev/loop0 offset 0, length 65536\n",
        }),
      },
    },
    "fail",
    /verify failed/,
  ],
  [
    "Storage",
    "fio exits 1 with a clean report",
    { answers: { fio: fio("sequential-read-ok", { exitCode: 1 }) } },
    "error",
    /exit code 1/,
  ],
  [
    "Storage",
    "fio ends early, its report claiming the time",
    {
      answers: { fio: FIO_OK.replaceAll(/"runtime" : \d+/g, '"runtime" : 60000') },
      context: { params: { readSeconds: 60, writeSeconds: 60, badblocks: false, queueDepth: 8 } },
    },
    "fail",
    /ran 1 s of the 60 s/,
  ],
  [
    "Storage",
    "fio reads nothing",
    { answers: { fio: FIO_OK.replace(/"io_bytes" : \d+/, '"io_bytes" : 0') } },
    "fail",
    /did no work/,
  ],
  [
    "Storage",
    "fio reports on another disk",
    { answers: { fio: FIO_OK.replaceAll("loop0", "sdz") } },
    "fail",
    /reported nothing on disk loop0/,
  ],
  [
    "Storage",
    "the disk answers EIO",
    { answers: { fio: fio("read-eio", { exitCode: 1 }) } },
    "fail",
    /error 5/,
  ],
  [
    "Storage",
    "the disk may not be opened, in the live image",
    {
      answers: {
        fio: fio("one-forbidden", { stderr: fixture("fio/one-forbidden.stderr.txt"), exitCode: 1 }),
      },
      context: { ...LIVE, inventory: disk({ name: "vda" }) },
    },
    "error",
    /open \/dev\/vda/,
  ],
  [
    "Storage",
    "the disk may not be opened, elsewhere",
    {
      answers: { fio: fio("one-forbidden", { exitCode: 1 }) },
      context: { inventory: disk({ name: "vda" }) },
    },
    "gap",
    /open \/dev\/vda/,
  ],
  [
    "Storage",
    "a SATA disk without capacity",
    { context: { inventory: disk({ sizeBytes: 0 }) } },
    "error",
    /loop0 .*no capacity/,
  ],
  [
    "Storage",
    "the drive stops answering SMART under load",
    { answers: { smartctl: inTurn(JSON.stringify(ataDisk({})), { outcome: "timed-out" }) } },
    "error",
    /no longer answers SMART/,
  ],
  [
    "Storage",
    "another drive answers after the load",
    { answers: { smartctl: smarts(ataDisk({}), { ...ataDisk({}), serial_number: "VT-9" }) } },
    "error",
    /Another drive answers/,
  ],
  [
    "Storage",
    "badblocks finds some and exits 0",
    {
      answers: {
        fio: fio("write-verify-ok"),
        badblocks: { stderr: fixture("badblocks/14336-bad.stderr.txt") },
      },
      context: LIVE,
    },
    "fail",
    /14336 bad blocks/,
  ],
  [
    "Storage",
    "badblocks is done sooner than any disk could be",
    {
      answers: {
        fio: fio("write-verify-ok"),
        badblocks: { stderr: fixture("badblocks/clean.stderr.txt") },
      },
      context: { ...LIVE, inventory: disk({ sizeBytes: 8e12 }) },
    },
    "fail",
    /which no disk can/,
  ],
  [
    "Storage",
    "badblocks exits 1 after a clean pass",
    {
      answers: {
        fio: fio("write-verify-ok"),
        badblocks: { stderr: fixture("badblocks/clean.stderr.txt"), exitCode: 1 },
      },
      context: LIVE,
    },
    "error",
    /badblocks failed/,
  ],
];
