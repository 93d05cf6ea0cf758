import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LiveEvent, liveEventSchema } from "../../contract/console-api.ts";
import {
  openEventStream,
  parseEvent,
  type StreamSource,
} from "../../renderer/live/event-stream.ts";
import { isSamplesEvent } from "../../renderer/live/samples-event.ts";
import { HREF, parseRoute } from "../../renderer/route.ts";
import { summary } from "../fakes/console-data.ts";

class FakeSource implements StreamSource {
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly listeners = new Map<string, (event: { data: string }) => void>();
  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  emit(event: LiveEvent): void {
    this.listeners.get(event.type)?.({ data: JSON.stringify(event) });
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }
}

describe("the event stream", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function open() {
    const sources: FakeSource[] = [];
    const seen: string[] = [];
    const end = openEventStream(
      {
        onEvent: ({ type }) => seen.push(type),
        onOpen: () => seen.push("open"),
        onDown: (refused) => seen.push(refused ? "refused" : "down"),
      },
      () => {
        sources.push(new FakeSource());
        return sources.at(-1)!;
      },
    );
    return { sources, seen, end };
  }

  test("hands on every kind of event, checked against the contract", () => {
    const { sources, seen } = open();
    sources[0]!.onopen?.();
    sources[0]!.emit({ type: "resync" });
    sources[0]!.emit({ type: "run", run: summary() });
    sources[0]!.emit({ type: "samples", runs: [{ runId: 1, points: [["a", "W", 1, 2]] }] });
    sources[0]!.emit({ type: "log", runId: 1, lines: [] });
    sources[0]!.emit({ type: "notice", level: "info", text: "x" });
    expect(seen).toEqual(["open", "resync", "run", "samples", "log", "notice"]);
    expect([...sources[0]!.listeners.keys()].sort()).toEqual(
      ["host", "log", "notice", "resync", "run", "samples"].sort(),
    );
  });

  test("leaves a network error to the browser, which resumes by itself", () => {
    const { sources, seen } = open();
    sources[0]!.fail(0);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual(["down"]);
    expect(sources).toHaveLength(1);
  });

  test("after a refusal opens a new stream, with growing pauses, until one stands", () => {
    const { sources, seen } = open();
    sources[0]!.fail(2);
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(2);
    sources[1]!.fail(2);
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(3);
    sources[2]!.onopen?.();
    sources[2]!.fail(2);
    vi.advanceTimersByTime(1000);
    expect(sources).toHaveLength(4);
    expect(seen).toEqual(["refused", "refused", "open", "refused"]);
  });

  test("once ended stays ended", () => {
    const { sources, seen, end } = open();
    end();
    sources[0]!.fail(2);
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(sources[0]!.closed).toBe(true);
    expect(seen).toEqual([]);
  });

  test.each([
    [{ type: "samples", runs: [] }],
    [{ type: "samples", runs: [{ runId: 1, points: [] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [["a", "W", 1, 2.5]] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [["b", "W", 1]] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [["a", "W", 1, 2.5, 3]] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [["a", "W", 1, null]] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [["a", 7, 1, 2]] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [{ 0: "a", length: 4 }] }] }],
    [{ type: "samples", runs: [{ runId: 1, points: [] }, null] }],
    [{ type: "samples", runs: [{ runId: 1.5, points: [] }] }],
    [{ type: "samples", runs: [{ runId: "1", points: [] }] }],
    [{ type: "samples", runs: [{ runId: 2 ** 60, points: [] }] }],
    [{ type: "samples", runs: [{ runId: 1 }] }],
    [{ type: "samples", runs: { runId: 1, points: [] } }],
    [{ type: "samples" }],
    [{ type: "sample", runs: [] }],
    [null],
    ["samples"],
    [[]],
  ])("samples are told by hand as the contract tells them: %j", (value) => {
    expect(isSamplesEvent(value)).toBe(liveEventSchema.safeParse(value).success);
  });

  test("an event that is not understood is left out and ends nothing", () => {
    expect(parseEvent("{")).toBeNull();
    expect(parseEvent('{"type":"run","run":{"id":"x"}}')).toBeNull();
    expect(parseEvent('{"type":"resync"}')).toEqual({ type: "resync" });
  });
});

describe("the address", () => {
  test("of a run leads to the run, and any other to the hosts", () => {
    expect(parseRoute(HREF.run(17))).toEqual({ page: "run", runId: 17, tab: null });
    expect(parseRoute(HREF.run(17, "log"))).toEqual({ page: "run", runId: 17, tab: "log" });
    for (const hash of ["", "#/", "#/runs/", "#/runs/x", "#/runs/1/../2"]) {
      expect(parseRoute(hash)).toEqual({ page: "hosts" });
    }
  });
});
