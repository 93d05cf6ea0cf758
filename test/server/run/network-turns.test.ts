import { describe, expect, test } from "vitest";
import { NetworkTurns } from "../../../server/run/network-turns.ts";
import { Life, value } from "./life.ts";

const START = 1_000_000;
/** Past the time after a start in which nobody gets a turn. */
const LATER = START + 20_000;

/** A queue over a link of so many Mbit/s, with a clock in seconds after its start. */
function queue(capacityMbps: number | null = null) {
  const turns = new NetworkTurns(() => capacityMbps, START);
  const say =
    (turn: "ask" | "keep" | "done") =>
    (runId: number, atS = 0, mbps: number | null = 10_000) =>
      turns.answer(runId, { turn, mbps }, LATER + atS * 1000);
  return { turns, ask: say("ask"), keep: say("keep"), done: say("done") };
}
const GRANTED = { granted: true, ahead: 0 };

describe("who may test the network", () => {
  test("one host at a time, first come, first served", () => {
    const { ask, done } = queue();
    expect(ask(1)).toMatchObject(GRANTED);
    expect(ask(2)).toEqual({ granted: false, ahead: 1, waiting: 0 });
    expect(ask(3)).toEqual({ granted: false, ahead: 2, waiting: 1 });
    expect(ask(2)).toEqual({ granted: false, ahead: 1, waiting: 1 });
    done(1);
    // The third asks first, and still comes after the second.
    expect(ask(3)).toMatchObject({ granted: false, ahead: 1 });
    expect(ask(2)).toMatchObject(GRANTED);
    done(2);
    expect(ask(3)).toMatchObject(GRANTED);
  });

  test("as many as the console's link carries, and nobody overtakes one that does not fit yet", () => {
    const { ask, done } = queue(25_000);
    expect(ask(1, 0, 10_000)).toMatchObject(GRANTED);
    expect(ask(2, 0, 10_000)).toMatchObject(GRANTED);
    expect(ask(3, 0, 10_000)).toMatchObject({ granted: false, ahead: 2 });
    expect(ask(4, 0, 1000)).toMatchObject({ granted: false, ahead: 3 });
    done(1);
    expect(ask(3, 0, 10_000)).toMatchObject(GRANTED);
    expect(ask(4, 0, 1000)).toMatchObject(GRANTED);
  });

  test("a host whose speed nobody knows tests alone, whatever the link", () => {
    const { ask } = queue(100_000);
    expect(ask(1, 0, 1000)).toMatchObject(GRANTED);
    expect(ask(2, 0, null)).toMatchObject({ granted: false });
  });

  test("where nothing is shared nobody waits, whatever is known of the speeds", () => {
    const { ask } = queue(Number.POSITIVE_INFINITY);
    expect(ask(1, 0, null)).toMatchObject(GRANTED);
    expect(ask(2, 0, 10_000)).toMatchObject(GRANTED);
    expect(ask(3, 0, null)).toMatchObject(GRANTED);
  });

  test("a host alone is faster than the console's link: it tests all the same", () => {
    expect(queue(1000).ask(1, 0, 25_000)).toMatchObject(GRANTED);
  });

  test("a turn that is kept lasts; who tests hears how many wait", () => {
    const { ask, keep } = queue();
    ask(1);
    for (let atS = 5; atS <= 120; atS += 5) {
      expect(keep(1, atS)).toMatchObject(GRANTED);
      ask(2, atS);
    }
    expect(keep(1, 120)).toEqual({ granted: true, ahead: 0, waiting: 1 });
  });

  test("an agent that is gone loses its turn after half a minute, one that waits its place", () => {
    const { ask } = queue();
    ask(1);
    ask(2);
    ask(3, 29);
    expect(ask(3, 29)).toMatchObject({ granted: false, ahead: 2 });
    expect(ask(3, 31)).toMatchObject(GRANTED);
  });

  test("a run that is over gives its turn back", () => {
    const { turns, ask } = queue();
    ask(1);
    ask(2);
    turns.end(1);
    expect(ask(2)).toMatchObject(GRANTED);
  });

  test("after a restart of the console, who was testing goes on, and the others wait until that is known", () => {
    const { ask, keep } = queue();
    expect(ask(2, -18)).toMatchObject({ granted: false });
    expect(keep(1, -15)).toMatchObject(GRANTED);
    expect(ask(2, -5)).toMatchObject({ granted: false, ahead: 1 });
    const quiet = queue();
    expect(quiet.ask(2, -12)).toMatchObject({ granted: false });
    expect(quiet.ask(2, -8)).toMatchObject(GRANTED);
  });
});

test.each([7200, -7200])("a clock that is set by %i s holds up nobody", async (bySeconds) => {
  const life = new Life();
  const { runId } = await life.inStage("Network");
  life.advance(20);
  const ask = () => value(life.service.networkTurn(runId, { turn: "ask", mbps: null })).granted;
  life.setClock(bySeconds);
  expect(ask()).toBe(true);
});
