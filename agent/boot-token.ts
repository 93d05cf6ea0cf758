/** Longer than the console takes for a script, shorter than anybody's patience. */
const TIMEOUT_MS = 10_000;
/** Tells the console that no firmware boots here: its boot timeline leaves this fetch out. */
const PLATFORM = "agent";

export type FetchBootToken = (signal: AbortSignal) => Promise<string | null>;

/**
 * Asks the console for the boot script once more, as the firmware did, and takes the boot token from its kernel
 * line. For an agent whose first claim was heard and whose answer got lost: its own token is spent by then.
 * @returns null when the console sends the host to its local disk, or does not answer.
 */
export function createFetchBootToken(consoleUrl: string, mac: string): FetchBootToken {
  return async (signal) => {
    try {
      const query = `mac=${mac.replaceAll(":", "-")}&platform=${PLATFORM}`;
      const answer = await fetch(`${consoleUrl}/boot.ipxe?${query}`, {
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (!answer.ok) return null;
      return /\bvetting\.boot=(\S+)/.exec(await answer.text())?.[1] ?? null;
    } catch {
      return null;
    }
  };
}
