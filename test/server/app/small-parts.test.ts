import { describe, expect, test, vi } from "vitest";
import type { LiveEvent } from "../../../contract/console-api.ts";
import { createDiskWatch } from "../../../server/disk-watch.ts";
import { AddressLimiter } from "../../../server/routes/rate-limit.ts";
import { startTicking } from "../../../server/ticking.ts";

const MIB = 1024 * 1024;

describe("the disk watch", () => {
  function watched(free: { mib: number | null }, clock: { now: number }) {
    const said: LiveEvent[] = [];
    const look = createDiskWatch({
      freeDiskBytes: () => (free.mib === null ? null : free.mib * MIB),
      warnFreeMiB: () => 1024,
      now: () => clock.now,
      publish: (event) => said.push(event),
    });
    return { said, look };
  }

  test("says once that the disk is nearly full, again while it lasts, and when there is room again", () => {
    const [free, clock] = [{ mib: 2000 as number | null }, { now: 0 }];
    const { said, look } = watched(free, clock);
    look();
    expect(said).toEqual([]);
    free.mib = 800;
    look();
    look();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ type: "notice", level: "warn" });
    expect(JSON.stringify(said[0])).toMatch(/800 MiB are left.*below 512 MiB no new run starts/);
    clock.now += 10 * 60_000;
    look();
    expect(said).toHaveLength(2);
    free.mib = 2000;
    look();
    look();
    expect(said.map((event) => event.type === "notice" && event.level)).toEqual([
      "warn",
      "warn",
      "info",
    ]);
  });

  test("says nothing when nobody knows how much is free", () => {
    const { said, look } = watched({ mib: null }, { now: 0 });
    look();
    expect(said).toEqual([]);
  });
});

describe("ticking", () => {
  test("never twice at once; a tick that fails is logged and the next one comes", async () => {
    let [now, most, calls] = [0, 0, 0];
    const error = vi.fn();
    const tick = async () => {
      now += 1;
      calls += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      now -= 1;
      if (calls === 1) throw new Error("the first one fails");
    };
    const stop = startTicking(tick, { error }, 1);
    await expect.poll(() => calls).toBeGreaterThan(3);
    await stop();
    expect(most).toBe(1);
    expect(now).toBe(0);
    expect(error).toHaveBeenCalledOnce();
  });
});

describe("the limit on registrations of one address", () => {
  test("a burst, then as many as trickle in; another address has its own", () => {
    let nowMs = 0;
    const limiter = new AddressLimiter({ burst: 3, perSecond: 2 }, () => nowMs);
    const taken = () => [1, 2, 3, 4].map(() => limiter.take("10.0.0.1"));
    expect(taken()).toEqual([true, true, true, false]);
    expect(limiter.take("10.0.0.2")).toBe(true);
    nowMs += 1000;
    expect(taken()).toEqual([true, true, false, false]);
    nowMs += 60_000;
    expect(taken()).toEqual([true, true, true, false]);
  });
});
