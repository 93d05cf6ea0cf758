import { describe, expect, test } from "vitest";
import { parseIpv4Addresses } from "../../../agent/tools/ip-address.ts";
import { iperfArgs, parseIperf3 } from "../../../agent/tools/iperf3.ts";
import {
  parseProcNetDev,
  readNicCounters,
  risenErrors,
} from "../../../agent/tools/net-counters.ts";
import { fixture, hasSharedCaptures, hostTree, sharedCapture } from "../fixture-host.ts";

describe("iperf3", () => {
  test("leaves by the NIC under test and keeps no intermediate reports", () => {
    const plan = {
      host: "10.0.0.1",
      port: 5201,
      seconds: 1.5,
      streams: 2,
      localAddress: "10.0.0.9",
      device: "eth1",
    };
    const send = iperfArgs({ ...plan, direction: "send" });
    expect(send.join(" ")).toContain("--bind 10.0.0.9%eth1");
    expect(send.join(" ")).toContain("--time 2");
    expect(send.join(" ")).toContain("--interval 0");
    expect(send).not.toContain("--reverse");
    expect(iperfArgs({ ...plan, direction: "receive" })).toContain("--reverse");
    expect(iperfArgs({ ...plan, direction: "both" })).toContain("--bidir");
  });

  test("counts what arrived, by direction", () => {
    expect(parseIperf3(fixture("iperf3/send.json"), "send")).toMatchObject({
      kind: "ok",
      value: { version: "3.12", receivedBytes: 0, sentBytes: expect.any(Number) },
    });
    const receive = parseIperf3(fixture("iperf3/receive.json"), "receive");
    if (receive.kind !== "ok") throw new Error("no report");
    expect(receive.value.sentBytes).toBe(0);
    expect(receive.value.receivedBytes).toBeGreaterThan(1e6);
    const both = parseIperf3(fixture("iperf3/both.json"), "both");
    if (both.kind !== "ok") throw new Error("no report");
    expect(both.value.sentBytes).toBeGreaterThan(1e6);
    expect(both.value.receivedBytes).toBeGreaterThan(1e6);
    expect(both.value.seconds).toBeCloseTo(1, 1);
  });

  test("a busy server is told apart from a refused connection; both came with exit 0 or 1", () => {
    expect(parseIperf3(fixture("iperf3/busy.json"), "send")).toEqual({ kind: "busy" });
    expect(parseIperf3(fixture("iperf3/refused.json"), "send")).toEqual({
      kind: "tool-failed",
      tool: "iperf3",
      message: "unable to connect to server: Connection refused",
    });
  });

  test("half a report is no report", () => {
    expect(parseIperf3(fixture("iperf3/send.json"), "both").kind).toBe("unreadable");
    expect(parseIperf3("", "send").kind).toBe("unreadable");
  });
});

describe("the kernel's counters", () => {
  const procNetDev = fixture("proc/net-dev-veth.txt");

  test("bytes both ways from /proc/net/dev", () => {
    const nic = parseProcNetDev(procNetDev).get("va2");
    expect(nic?.sentBytes).toBeGreaterThan(1e9);
    expect(nic?.receivedBytes).toBeGreaterThan(1e9);
    expect(nic?.errors.get("rx_errors")).toBe(0);
  });

  test("error details come from sysfs where it shows the interface", async () => {
    const before = hostTree({ "/proc/net/dev": procNetDev });
    const after = hostTree({
      "/proc/net/dev": procNetDev,
      "/sys/class/net/va2/statistics/rx_errors": "7\n",
      "/sys/class/net/va2/statistics/rx_crc_errors": "7\n",
    });
    const start = await readNicCounters(before, "va2");
    const end = await readNicCounters(after, "va2");
    if (start === null || end === null) throw new Error("no counters");
    // A counter that was not there before has no difference.
    expect([...risenErrors(start, end)]).toEqual([["rx_errors", 7]]);
    expect(await readNicCounters(before, "eth9")).toBeNull();
  });

  test.runIf(hasSharedCaptures())("numbers that touch the colon", () => {
    const rows = parseProcNetDev(sharedCapture("proc/net-dev-procfs.txt"));
    expect([...rows.keys()]).toEqual(["vethf345468", "lo", "docker0", "eth0"]);
    expect(rows.get("eth0")).toMatchObject({ receivedBytes: 874354587, sentBytes: 563352563 });
  });
});

test("the first global IPv4 address of each interface", () => {
  expect(parseIpv4Addresses(fixture("ip/address-veth.json"))).toEqual({
    kind: "ok",
    value: new Map([["va2", "10.77.0.1"]]),
  });
  expect(parseIpv4Addresses("")).toEqual({ kind: "ok", value: new Map() });
});
