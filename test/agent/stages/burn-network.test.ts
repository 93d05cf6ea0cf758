import { describe, expect, test } from "vitest";
import { networkPart } from "../../../agent/stages/burn-network.ts";
import type { NetworkTurn } from "../../../agent/stages/stage.ts";
import type { RunCommand } from "../../../agent/tools/command.ts";
import { proofObjection } from "../../../contract/verdict.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { answering, fixture, hostTree } from "../fixture-host.ts";
import { HEALTHY, procFiles, stressHost } from "./stress-host.ts";

const NIC = {
  ...{ name: "va2", mac: null, driver: "veth", speedMbps: null, maxSpeedMbps: null },
  ...{ carrier: true, pciAddress: null, model: null },
};
type Sums = Record<string, { bytes: number; seconds: number }>;

/** A burn of so many seconds; iperf3 takes the time it is given and moves what the capture moved. */
function burning(seconds: number, turnFor: (atS: number) => NetworkTurn | null, answersAfterS = 0) {
  const texts: Record<string, string> = { ...procFiles() };
  const moved = { sent: 1, received: 1 };
  const show = () => {
    texts["/proc/net/dev"] = `  va2: ${moved.received} 1 0 0 0 0 0 0 ${moved.sent} 1 0 0 0 0 0 0\n`;
  };
  show();
  const slices: number[] = [];
  const table = answering(HEALTHY);
  let sleep: (seconds: number) => Promise<void> = () => Promise.resolve();
  const run: RunCommand = async (tool, args, options) => {
    if (tool !== "iperf3") return table(tool, args, options);
    const time = Number(args[args.indexOf("--time") + 1]);
    slices.push(time);
    await sleep(time);
    const report = JSON.parse(fixture("iperf3/both.json")) as { end: Sums };
    for (const [name, sum] of Object.entries(report.end))
      if (name.startsWith("sum_")) sum.seconds = time - 0.01;
    moved.sent += report.end.sum_received?.bytes ?? 0;
    moved.received += report.end.sum_received_bidir_reverse?.bytes ?? 0;
    show();
    const answer = await answering({ iperf3: JSON.stringify(report) })(tool, args, options);
    return { ...answer, elapsedS: time };
  };
  const host = stressHost<"Burn">(
    { seconds, settleSeconds: 0 },
    {},
    {
      run,
      files: hostTree(texts),
      inventory: { ...emptyInventory, nics: [NIC] },
      claim: { spec: null, networkPeer: { host: "10.77.0.2", port: 5201 } },
      networkTurn: async ({ withinS }) => {
        await sleep(answersAfterS);
        const turn = turnFor(host.ctx.clock.monotonicS());
        if (turn === null) await sleep(withinS ?? 0);
        return turn;
      },
    },
  );
  sleep = (time) => host.ctx.clock.sleep(time);
  const outcome = async () => {
    const { parts } = await networkPart(host.ctx, seconds);
    return parts[0]!(host.ctx);
  };
  return { outcome, slices };
}

const turn = (waiting: number, onEnd = () => {}): NetworkTurn => ({
  waiting: () => waiting,
  end: () => Promise.resolve(onEnd()),
});

describe("the network in Burn", () => {
  test("alone has the whole burn, slice after slice, and proves it as one", async () => {
    let turns = 0;
    const { outcome, slices } = burning(100, () => {
      turns += 1;
      return turn(0);
    });
    const { proof, gaps, failures, error } = await outcome();
    expect(slices).toEqual(Array.from({ length: 10 }, () => 10));
    expect(turns).toBe(1);
    expect({ gaps, failures, error }).toEqual({ gaps: [], failures: [], error: null });
    expect(proof.map(({ what }) => what)).toEqual(["nic va2 send", "nic va2 receive"]);
    for (const one of proof) {
      expect(one.elapsedS).toBeCloseTo(99.9, 1);
      expect(proofObjection(one)).toBeNull();
    }
  });

  test.each([1, 6, 9, 23])("alone for %i s leaves no second out, and no gap", async (seconds) => {
    const { outcome, slices } = burning(seconds, () => turn(0));
    const { gaps, failures } = await outcome();
    expect(slices.reduce((sum, one) => sum + one, 0)).toBe(seconds);
    expect({ gaps, failures }).toEqual({ gaps: [], failures: [] });
  });

  test("that it waited for and was then tested for its whole time is no gap", async () => {
    const { outcome, slices } = burning(1, () => turn(0), 0.3);
    const { proof, gaps } = await outcome();
    expect(slices).toEqual([1]);
    expect(proof[0]?.elapsedS).toBeGreaterThan(0.9);
    expect(gaps).toEqual([]);
  });

  test("gives its turn up after a slice when others wait, and asks anew", async () => {
    let [asked, given] = [0, 0];
    const { outcome, slices } = burning(60, () => {
      asked += 1;
      return turn(2, () => {
        given += 1;
      });
    });
    await outcome();
    expect(slices).toHaveLength(10);
    expect(asked).toBe(10);
    expect(given).toBe(10);
  });

  test("that it shared with others is a gap with its seconds, and no failure", async () => {
    let first = true;
    const { outcome, slices } = burning(100, () => {
      if (!first) return null;
      first = false;
      return turn(1);
    });
    const { proof, gaps, failures, error } = await outcome();
    expect(slices).toEqual([10]);
    expect({ failures, error }).toEqual({ failures: [], error: null });
    expect(proof[0]).toMatchObject({ requestedS: 10 });
    expect(gaps).toEqual([
      { what: "network in Burn", why: "Other hosts had it too: 10 s of 100 s.", absent: false },
    ]);
  });

  test.each([100, 1])(
    "of %i s that never got a turn is not exercised, and no failure",
    async (s) => {
      const { outcome } = burning(s, () => null);
      const { proof, gaps, failures, error } = await outcome();
      expect({ proof, failures, error }).toEqual({ proof: [], failures: [], error: null });
      expect(gaps).toEqual([
        {
          what: "network in Burn",
          why: "It had no turn at the network before the burn was over.",
          absent: false,
        },
      ]);
    },
  );
});
