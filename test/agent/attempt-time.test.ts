import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AttemptTime } from "../../agent/attempt-time.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("runs out after its time", () => {
  const over = vi.fn();
  new AttemptTime(1000, over);
  vi.advanceTimersByTime(999);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledOnce();
});

test("what is spent apart does not count, however many wait at once", async () => {
  const over = vi.fn();
  const time = new AttemptTime(1000, over);
  vi.advanceTimersByTime(400);
  const ends: (() => void)[] = [];
  const wait = () => time.apart(() => new Promise<void>((end) => ends.push(end)));
  const first = wait();
  const second = wait();
  vi.advanceTimersByTime(60_000);
  ends[0]?.();
  await first;
  vi.advanceTimersByTime(60_000);
  ends[1]?.();
  await second;
  vi.advanceTimersByTime(599);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledOnce();
});

test("once ended it never runs out, not even after a wait that was under way", async () => {
  const over = vi.fn();
  const time = new AttemptTime(1000, over);
  let end = () => {};
  const wait = time.apart(() => new Promise<void>((done) => (end = done)));
  time.end();
  end();
  await wait;
  vi.advanceTimersByTime(3_600_000);
  expect(over).not.toHaveBeenCalled();
});
