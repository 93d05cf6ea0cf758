/** What else the run's life needs: the time, the lab's network, the disk. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from any beginning; never jumps, as `now` does when the clock is set. */
  steady(): number;
}

/** Sends a Wake-on-LAN magic packet; false when it could not be sent. Never throws. */
export type SendMagicPacket = (macs: readonly string[]) => Promise<boolean>;

/** The iperf3 server a run tests against; null when there is none. */
export interface NetworkPeers {
  /** Starts (once) and names the far end for a run. */
  acquire(runId: number): { host: string; port: number } | null;
  release(runId: number): void;
  /**
   * What tests at once share, in Mbit/s: this machine's link to the hosts. Null: one test at a time; infinite: nothing
   * is shared.
   */
  linkMbps(): number | null;
}

/** How much room is left for the database, in bytes; null when unknown. */
export type FreeDiskBytes = () => number | null;
