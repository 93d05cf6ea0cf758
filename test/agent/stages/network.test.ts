import { describe, expect, test } from "vitest";
import { streamsFor } from "../../../agent/stages/iperf-pass.ts";
import { networkStage } from "../../../agent/stages/network.ts";
import type { Inventory } from "../../../contract/inventory.ts";
import { judgeStage } from "../../../contract/verdict.ts";
import type { HostSpec } from "../../../contract/vetting-config.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { type Answer, fixture, hostTree } from "../fixture-host.ts";
import { procFiles, stressHost } from "./stress-host.ts";

const params = { secondsPerDirection: 1, streamsPer10G: 2, floorShare: 0.7 };
const peer = { host: "10.77.0.2", port: 5201 };
const nic = (over: Partial<Inventory["nics"][number]> = {}): Inventory["nics"][number] => ({
  ...{ mac: "52:54:00:00:00:01", maxSpeedMbps: null, pciAddress: "0000:01:00.0", model: "X710" },
  ...{ name: "va2", driver: "veth", speedMbps: null, carrier: true },
  ...over,
});
const sentBytes = (name: string, key: string): number =>
  (JSON.parse(fixture(`iperf3/${name}.json`)) as { end: Record<string, { bytes: number }> }).end[
    key
  ]?.bytes ?? 0;
const SENT = sentBytes("send", "sum_received");
const RECEIVED = sentBytes("receive", "sum_received");

/** A host whose one NIC counts what iperf3 moves, or something else. */
function network(
  over: Partial<{
    iperf: (direction: "send" | "receive") => Answer | string;
    counted: number;
    risen: Record<string, number>;
    files: Record<string, string>;
    nics: Inventory["nics"];
    peer: typeof peer | null;
    spec: HostSpec | null;
    answers: Parameters<typeof stressHost>[1];
  }> = {},
) {
  const counters = { sent: 1000, received: 1000 };
  const texts: Record<string, string> = { ...procFiles(), ...over.files };
  const show = () => {
    texts["/proc/net/dev"] =
      `  va2: ${counters.received} 1 0 0 0 0 0 0 ${counters.sent} 1 0 0 0 0 0 0\n`;
  };
  show();
  const stat = (name: string, value: number) => {
    const folder = name === "carrier_changes" ? "" : "statistics/";
    texts[`/sys/class/net/va2/${folder}${name}`] = `${value}\n`;
  };
  for (const name of Object.keys(over.risen ?? {})) stat(name, 0);
  const share = over.counted ?? 1;
  const directions: ("send" | "receive")[] = [];
  const host = stressHost<"Network">(
    params,
    {
      ...over.answers,
      iperf3: () => {
        const direction = directions.length === 0 ? "send" : "receive";
        const answer = over.iperf?.(direction) ?? fixture(`iperf3/${direction}.json`);
        directions.push(direction);
        if (direction === "send") counters.sent += Math.round(SENT * share);
        else counters.received += Math.round(RECEIVED * share);
        show();
        for (const [name, value] of Object.entries(over.risen ?? {})) stat(name, value);
        return answer;
      },
    },
    {
      files: hostTree(texts),
      inventory: { ...emptyInventory, nics: over.nics ?? [nic()] },
      claim: {
        spec: over.spec ?? null,
        networkPeer: over.peer === undefined ? peer : over.peer,
      },
    },
  );
  return { ...host, run: () => networkStage.run(host.ctx) };
}

describe("a NIC under test", () => {
  test("is tested both ways from its own address, and the kernel's counters bear it out", async () => {
    const { run, calls } = network();
    const report = await run();
    expect(report).toMatchObject({ status: "complete", result: "pass" });
    expect(report.proof).toMatchObject([
      { what: "nic va2 send", work: SENT },
      { what: "nic va2 receive", work: RECEIVED },
    ]);
    const tests = calls.filter((call) => call.startsWith("iperf3"));
    expect(tests).toHaveLength(2);
    for (const call of tests) expect(call).toContain("--bind 10.77.0.1%va2");
    const judged = judgeStage({ stage: "Network", proof: [], measurements: [], ...report }, []);
    expect(judged.objection).toBeNull();
  });

  test("fails when the bytes left by another NIC", async () => {
    const report = await network({ counted: 0.01 }).run();
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("the bytes left by another NIC");
    expect(report.blame).toMatchObject([{ part: "NIC va2", slot: "0000:01:00.0" }]);
  });

  test("fails below its share of a real link speed", async () => {
    // 100 Gbit/s negotiated, and a tenth of it arrives.
    const answers = { ethtool: "Settings for va2:\n\tSpeed: 100000Mb/s\n\tLink detected: yes\n" };
    const report = await network({ answers, nics: [nic({ driver: "ice" })] }).run();
    expect(report.result).toBe("fail");
    expect(report.reason).toContain("below 70 % of its 100000 Mbit/s link");
  });

  test("has no floor where the speed is made up by a driver without a wire", async () => {
    const answers = { ethtool: "Settings for va2:\n\tSpeed: 100000Mb/s\n\tLink detected: yes\n" };
    expect((await network({ answers }).run()).result).toBe("pass");
  });

  test("fails on errors of the wire; those of a slow host are only told", async () => {
    const wire = await network({ risen: { rx_crc_errors: 3 } }).run();
    expect(wire.reason).toContain("rx_crc_errors +3");
    expect(wire.result).toBe("fail");
    const slow = await network({ risen: { rx_missed_errors: 9 } }).run();
    expect(slow.result).toBe("pass");
    expect(slow.summary).toContain("rx_missed_errors +9");
  });

  test("a device of which the kernel speaks under way is named once", async () => {
    let asked = 0;
    const line = "<0>[ 9.0] pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrected (Fatal)\n";
    const dmesg = () => {
      asked += 1;
      return asked === 1 ? "<6>[ 1.0] a\n" : `<6>[ 1.0] a\n${line}`;
    };
    const report = await network({ answers: { dmesg } }).run();
    expect(report.result).toBe("fail");
    expect(report.blame).toEqual([
      { part: "PCIe device", slot: "0000:00:01.0", serial: null, model: null },
    ]);
  });

  test("fails when its link went under way, also where iperf3 then came to no end", async () => {
    const risen = { carrier_changes: 2 };
    const back = await network({ risen }).run();
    expect(back.reason).toContain("NIC va2 lost its link during the test: carrier_changes +2.");
    const gone = await network({ risen, iperf: () => ({ outcome: "timed-out" }) }).run();
    expect(gone).toMatchObject({ status: "complete", result: "fail" });
    expect(gone.reason).toContain("NIC va2 lost its link during the test");
    expect(gone.reason).toContain("no answer within");
    expect(gone.blame).toMatchObject([{ part: "NIC va2" }]);
  });

  test("fails when it has no link any more after an iperf3 that came to no end", async () => {
    const files = { "/sys/class/net/va2/carrier": "0\n" };
    const report = await network({ files, iperf: () => ({ outcome: "timed-out" }) }).run();
    expect(report.reason).toContain("NIC va2 lost its link during the test: there is none now.");
  });
});

describe("a peer that does not serve", () => {
  test("a busy one is asked again", async () => {
    let busy = 3;
    const { run, calls } = network({
      iperf: (direction) =>
        busy-- > 0 ? fixture("iperf3/busy.json") : fixture(`iperf3/${direction}.json`),
    });
    await run();
    expect(calls.filter((call) => call.startsWith("iperf3")).length).toBeGreaterThan(3);
  });

  test("one that stays busy, or refuses, is an error: nothing is known of the NIC", async () => {
    const busy = await network({ iperf: () => fixture("iperf3/busy.json") }).run();
    expect(busy).toMatchObject({ status: "error", result: "not_applicable" });
    expect(busy.reason).toContain("stayed busy");
    const refused = await network({ iperf: () => fixture("iperf3/refused.json") }).run();
    expect(refused.reason).toContain("Connection refused");
  });

  test("without one the stage is skipped, with a gap", async () => {
    expect(await network({ peer: null }).run()).toMatchObject({
      status: "skipped",
      gaps: [{ what: "no iperf3 peer", absent: false }],
    });
  });
});

describe("NICs that cannot be tested", () => {
  const dark = { ethtool: "Settings for va2:\n\tSpeed: Unknown!\n\tLink detected: no\n" };

  test("one without link is a gap; all without link fail when the spec wants NICs", async () => {
    expect(await network({ answers: dark }).run()).toMatchObject({
      status: "skipped",
      gaps: [{ what: "NIC va2", why: "It has no link." }],
    });
    const spec: HostSpec = { name: "bench", expect: { nics: 1 }, firmware: [] };
    const report = await network({ answers: dark, spec }).run();
    expect(report).toMatchObject({ status: "complete", result: "fail" });
    expect(report.reason).toBe("No NIC has link: va2.");
  });

  test("one without an address is a gap beside the one that has it", async () => {
    const report = await network({ nics: [nic({ name: "eth7" }), nic()] }).run();
    expect(report.result).toBe("pass");
    expect(report.gaps).toMatchObject([
      { what: "NIC eth7", why: "It has link and no IPv4 address.", absent: false },
    ]);
  });

  test("a host without any is skipped", async () => {
    expect(await network({ nics: [] }).run()).toMatchObject({
      status: "skipped",
      gaps: [{ absent: true }],
    });
  });
});

test("streams are scaled to the link, at least one", () => {
  expect(streamsFor(1000, 2)).toBe(1);
  expect(streamsFor(25_000, 2)).toBe(5);
  expect(streamsFor(100_000, 2)).toBe(20);
  expect(streamsFor(null, 2)).toBe(2);
});
