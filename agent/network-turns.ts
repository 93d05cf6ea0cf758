import { networkTurnResponseSchema } from "../contract/agent-api.ts";
import type { Post } from "./api-client.ts";
import type { NetworkTurn, NetworkWish, StageClock } from "./stages/stage.ts";

const ASK_EVERY_S = 2;
/** The console gives up a turn that is not kept for 30 s. */
const KEEP_EVERY_S = 5;
/** A console that cannot be reached for so long has other trouble, and the far end may be another machine. */
const GIVE_UP_S = 60;
/** A console from before there were turns. */
const NOT_FOUND = 404;
/** The turn ends by itself when the console is gone; a stage that was aborted must be back within 5 s. */
const DONE_TIMEOUT_MS = 2000;
/** Nobody to wait for, and nobody to tell. */
const FREE: NetworkTurn = { waiting: () => 0, end: () => Promise.resolve() };

export interface NetworkTurnDeps {
  readonly post: Post;
  readonly runToken: () => string;
  readonly clock: StageClock;
}

export interface TurnWish extends NetworkWish {
  /** Told how many hosts come first, whenever that changes. */
  readonly onWait: (ahead: number) => void;
  readonly onProblem: (text: string) => void;
}

/**
 * Waits until the console says that the network is ours, and keeps it until it is ended; null when that took too long.
 * It asks once however short the time is: whoever asks for the rest of a burn may have less than a second.
 */
export async function takeNetworkTurn(
  deps: NetworkTurnDeps,
  wish: TurnWish,
): Promise<NetworkTurn | null> {
  const { clock } = deps;
  const { signal, mbps, withinS } = wish;
  const beganS = clock.monotonicS();
  const late = () => withinS !== null && clock.monotonicS() - beganS >= withinS;
  let told: number | null = null;
  let lostS: number | null = null;
  do {
    if (signal.aborted) break;
    const answer = await say(deps, "ask", mbps, signal);
    if (answer.kind === "ok") {
      lostS = null;
      const { granted, ahead, waiting } = answer.body;
      if (granted) return keep(deps, mbps, waiting);
      if (ahead !== told) wish.onWait(ahead);
      told = ahead;
    } else if (answer.kind === "problem" && answer.status === NOT_FOUND) {
      return FREE;
    } else if (!signal.aborted) {
      lostS ??= clock.monotonicS();
      if (clock.monotonicS() - lostS >= GIVE_UP_S) {
        const why = answer.kind === "problem" ? answer.detail : answer.message;
        wish.onProblem(
          `The console gives no turn for ${GIVE_UP_S} s (${why}); testing without one.`,
        );
        return FREE;
      }
    }
    await clock.sleep(ASK_EVERY_S, signal);
  } while (!late());
  // Whoever stands behind need not wait until we are forgotten.
  await say(deps, "done", mbps);
  return null;
}

function keep(deps: NetworkTurnDeps, mbps: number | null, othersNow: number): NetworkTurn {
  const over = new AbortController();
  let others = othersNow;
  const loop = (async () => {
    for (;;) {
      await deps.clock.sleep(KEEP_EVERY_S, over.signal);
      if (over.signal.aborted) return;
      const answer = await say(deps, "keep", mbps, over.signal);
      if (answer.kind === "ok") others = answer.body.waiting;
    }
  })();
  return {
    waiting: () => others,
    end: async () => {
      over.abort();
      await loop;
      await say(deps, "done", mbps);
    },
  };
}

function say(
  { post, runToken }: NetworkTurnDeps,
  turn: "ask" | "keep" | "done",
  mbps: number | null,
  signal?: AbortSignal,
) {
  const json = JSON.stringify({ turn, mbps });
  return post("network-turn", json, networkTurnResponseSchema, {
    bearer: runToken(),
    ...(signal === undefined ? { timeoutMs: DONE_TIMEOUT_MS } : { signal }),
  });
}
