import { fixture } from "../../fixture-host.ts";
import { disk, fio, iperf, LIVE, type Row } from "./fault-row.ts";

export const NETWORK_BURN_FAULTS: readonly Row[] = [
  ["Network", "the other NIC carried the bytes", { counted: 0.01 }, "fail", /another NIC/],
  ["Network", "the NIC's counters go backwards", { counted: -1 }, "fail", /the NIC counted/],
  [
    "Network",
    "iperf3 says error and exits 0",
    { answers: { iperf3: fixture("iperf3/refused.json") } },
    "error",
    /Connection refused/,
  ],
  [
    "Network",
    "iperf3 exits 1 with a clean report",
    { answers: { iperf3: { stdout: fixture("iperf3/send.json"), exitCode: 1 } } },
    "error",
    /iperf3 failed/,
  ],
  [
    "Network",
    "iperf3 moves nothing",
    {
      answers: {
        iperf3: iperf((report) => ({
          ...report,
          end: { ...report.end, sum_received: { ...report.end.sum_received, bytes: 0 } },
        })),
      },
    },
    "fail",
    /did no work/,
  ],
  [
    "Network",
    "iperf3 ends early, its report claiming the time",
    {
      answers: {
        iperf3: fixture("iperf3/send.json").replaceAll(/"seconds":\s*[\d.]+/g, '"seconds": 60'),
      },
      context: { params: { secondsPerDirection: 60, streamsPer10G: 2, floorShare: 0 } },
    },
    "fail",
    /ran 1 s of the 60 s/,
  ],
  [
    "Network",
    "no NIC has link",
    { answers: { ethtool: "Settings for va2:\n\tLink detected: no\n" } },
    "gap",
    /va2.*no link/,
  ],
  [
    "Burn",
    "one part ends early",
    { answers: { fio: fio("read-eio", { exitCode: 1 }) } },
    "fail",
    /disks \(loop0\) failed/,
  ],
  [
    "Burn",
    "a disk without capacity",
    { context: { inventory: disk({ sizeBytes: 0 }) } },
    "error",
    /no capacity/,
  ],
  [
    "Burn",
    "the disk may not be opened, in the live image",
    {
      answers: { fio: fio("one-forbidden", { exitCode: 1 }) },
      context: { ...LIVE, inventory: disk({ name: "vda" }) },
    },
    "fail",
    /open \/dev\/vda/,
  ],
];
