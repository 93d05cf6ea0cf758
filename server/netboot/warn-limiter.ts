/** The same warning is said again at most this often. */
const REPEAT_AFTER_MS = 60_000;
/** Texts that are remembered; more kinds of warning than that are one kind of trouble. */
const CAPACITY = 32;

/**
 * Warnings of a service that meets every packet: one that repeats is said once a minute, with how often it came.
 * @param nowMs a clock that only goes forward
 */
export function limitRepeats(
  warn: (text: string) => void,
  nowMs: () => number = () => performance.now(),
): (text: string) => void {
  const said = new Map<string, { atMs: number; held: number }>();
  return (text) => {
    const now = nowMs();
    const last = said.get(text);
    if (last !== undefined && now - last.atMs < REPEAT_AFTER_MS) {
      last.held++;
      return;
    }
    warn(last === undefined || last.held === 0 ? text : `${text} (${last.held} times more since)`);
    said.delete(text);
    said.set(text, { atMs: now, held: 0 });
    const [oldest] = said.keys();
    if (said.size > CAPACITY && oldest !== undefined) said.delete(oldest);
  };
}
