import { describe, expect, test } from "vitest";
import type { ApiAnswer, Post } from "../../agent/api-client.ts";
import { takeNetworkTurn } from "../../agent/network-turns.ts";
import type { StageClock } from "../../agent/stages/stage.ts";

type Said = "ask" | "keep" | "done";

/** A console that answers as it is told, and a clock that jumps instead of waiting. */
function lab(answers: (turn: Said, count: number) => ApiAnswer<unknown>) {
  const said: Said[] = [];
  const waits: number[] = [];
  const problems: string[] = [];
  let elapsedS = 0;
  const clock: StageClock = {
    now: () => new Date(elapsedS * 1000),
    monotonicS: () => elapsedS,
    sleep: async (seconds) => {
      elapsedS += seconds;
      // A real pause, or a turn that is kept would be kept for ever in no time.
      await new Promise((wake) => setTimeout(wake, 1));
    },
  };
  const post: Post = (path, json, schema) => {
    expect(path).toBe("network-turn");
    const { turn } = JSON.parse(json) as { turn: Said };
    said.push(turn);
    const answer = answers(turn, said.filter((one) => one === turn).length);
    return Promise.resolve(
      answer.kind === "ok" ? { kind: "ok" as const, body: schema.parse(answer.body) } : answer,
    );
  };
  const take = (more: { withinS?: number; signal?: AbortSignal } = {}) =>
    takeNetworkTurn(
      { post, runToken: () => "t", clock },
      {
        ...{ mbps: 10_000, withinS: null, signal: new AbortController().signal, ...more },
        onWait: (ahead) => waits.push(ahead),
        onProblem: (text) => problems.push(text),
      },
    );
  return { said, waits, problems, take };
}

const ok = (granted: boolean, ahead = 0, waiting = 0): ApiAnswer<unknown> => ({
  kind: "ok",
  body: { granted, ahead, waiting },
});
const gone: ApiAnswer<unknown> = { kind: "unreachable", message: "fetch failed: ECONNREFUSED" };

describe("the network's turn", () => {
  test("is asked for until it is granted; how many come first is told whenever it changes", async () => {
    const { said, waits, take } = lab((turn, count) =>
      turn !== "ask" ? ok(true) : count < 5 ? ok(false, count < 3 ? 2 : 1) : ok(true),
    );
    const turn = await take();
    expect(waits).toEqual([2, 1]);
    await turn?.end();
    expect(said.filter((one) => one === "ask")).toHaveLength(5);
    expect(said.at(-1)).toBe("done");
  });

  test("is kept while it lasts, and hears who waits", async () => {
    const { said, take } = lab((turn) => (turn === "keep" ? ok(true, 0, 3) : ok(true)));
    const turn = await take();
    expect(turn?.waiting()).toBe(0);
    await expect.poll(() => turn?.waiting()).toBe(3);
    await turn?.end();
    expect(said.at(-1)).toBe("done");
    const count = said.length;
    await new Promise((wake) => setTimeout(wake, 20));
    expect(said).toHaveLength(count);
  });

  test("that does not come in time is given up, and the place in the queue with it", async () => {
    const { said, take } = lab(() => ok(false, 1));
    expect(await take({ withinS: 5 })).toBeNull();
    expect(said).toEqual(["ask", "ask", "ask", "done"]);
  });

  test("is asked for at least once, however little time is left", async () => {
    const free = lab(() => ok(true));
    expect(await free.take({ withinS: 0 })).not.toBeNull();
    const taken = lab(() => ok(false, 1));
    expect(await taken.take({ withinS: 0 })).toBeNull();
    expect(taken.said).toEqual(["ask", "done"]);
  });

  test("is not waited for by a stage that is aborted", async () => {
    const stop = new AbortController();
    const { take } = lab((_turn, count) => {
      if (count === 2) stop.abort();
      return ok(false, 1);
    });
    expect(await take({ signal: stop.signal })).toBeNull();
  });

  test("a console that is away for a moment is asked again", async () => {
    const { problems, take } = lab((turn, count) =>
      turn === "ask" && count < 4 ? gone : ok(true),
    );
    const turn = await take();
    expect(turn).not.toBeNull();
    expect(problems).toEqual([]);
    await turn?.end();
  });

  test("a console that stays away does not hold up the test, and that is said", async () => {
    const { problems, take } = lab(() => gone);
    expect(await take()).not.toBeNull();
    expect(problems).toEqual([
      "The console gives no turn for 60 s (fetch failed: ECONNREFUSED); testing without one.",
    ]);
  });

  test("a console that knows no turns is not asked twice", async () => {
    const { said, take } = lab(() => ({ kind: "problem", status: 404, detail: "", do: null }));
    expect(await take()).not.toBeNull();
    expect(said).toEqual(["ask"]);
  });
});
