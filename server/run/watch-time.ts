import { formatDuration } from "../../contract/wording/format.ts";
import type { Clock } from "./ports.ts";

/** A clock that jumps further than this was set; NTP moves it more slowly, by 500 ppm at most. */
const STEP_MS = 5000;

/** How long the console has been watching: what happened before must not count against a host. */
export interface WatchTime {
  /** In ms since 1970 by the present clock: the console's start, or when its clock was last set or the machine woke. */
  since(): number;
}

/**
 * Holds the clock that may be set against the one that never jumps. Who was last heard before a jump is given its whole time anew: nobody can tell how long it was.
 * @param onJump told of each jump, in ms; negative when the clock went back
 */
export function watchTime(clock: Clock, onJump: (ms: number) => void): WatchTime {
  let since = clock.now();
  let ahead = since - clock.steady();
  return {
    since: () => {
      const now = clock.now();
      const aheadNow = now - clock.steady();
      const jump = aheadNow - ahead;
      ahead = aheadNow;
      if (Math.abs(jump) > STEP_MS) {
        since = now;
        onJump(jump);
      }
      return since;
    },
  };
}

/**
 * When something last counted as heard: never before the console watched, and never in the future, where a clock that
 * was set back leaves it.
 * @param at in ms since 1970
 */
export function heardAt(at: number, since: number, now: number): number {
  return at > now ? since : Math.max(at, since);
}

/** @param ms negative: it went back */
export function clockJumped(ms: number): string {
  const way = ms < 0 ? "back" : "forward";
  const by = formatDuration(Math.abs(ms) / 1000);
  return `This machine's clock went ${way} by ${by}, or it slept. How long hosts have been silent is counted anew from now.`;
}
