import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls each second; everything that goes by the second is drawn in one frame. Returns the function that ends it. */
export function onSecond(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in ms, a new one each second; one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(onSecond, () => nowMs);
}

/** What the time makes of something, in words: draws again when the words change, not with every second. */
export function useNowText(textAt: (nowMs: number) => string): string {
  return useSyncExternalStore(onSecond, () => textAt(nowMs));
}
