import {
  exitFailure,
  ok,
  outcomeFailure,
  runTool,
  type ToolContext,
  type ToolReading,
} from "./tool-result.ts";

const TOOL = "badblocks";

export interface BadblocksReport {
  /** badblocks exits 0 with bad blocks found: this count is what matters. */
  readonly badBlocks: number;
  readonly readErrors: number;
  readonly writeErrors: number;
  readonly corruptions: number;
  readonly elapsedS: number;
}

/** Large blocks keep badblocks' 32-bit block numbers sufficient up to 16 TiB and the disk streaming. */
const BLOCK_BYTES = 4096;
const BLOCKS_AT_ONCE = 1024;

/**
 * Writes and reads back four patterns over the whole disk: destroys everything on it.
 * @param timeoutS hours per terabyte on spinning disks.
 */
export async function runBadblocksWrite(
  ctx: ToolContext,
  device: string,
  timeoutS: number,
): Promise<ToolReading<BadblocksReport>> {
  const args = ["-wsv", "-b", String(BLOCK_BYTES), "-c", String(BLOCKS_AT_ONCE), device];
  const result = await runTool(ctx, TOOL, args, { timeoutS, expendable: true });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const report = parseBadblocks(result.stderr);
  return report === null ? exitFailure(result) : ok({ ...report, elapsedS: result.elapsedS });
}

/** Null when badblocks did not say that it completed its pass. */
export function parseBadblocks(stderr: string): Omit<BadblocksReport, "elapsedS"> | null {
  const match = /Pass completed, (\d+) bad blocks found\. \((\d+)\/(\d+)\/(\d+) errors\)/.exec(
    stderr,
  );
  if (match === null) return null;
  const [badBlocks = 0, readErrors = 0, writeErrors = 0, corruptions = 0] = match
    .slice(1)
    .map(Number);
  return { badBlocks, readErrors, writeErrors, corruptions };
}
