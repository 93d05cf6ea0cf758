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

const BLOCK_BYTES = 4096;
/** What is written in one go: enough to keep a disk streaming. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** badblocks numbers its blocks in 32 bits: above 16 TiB they must be larger. */
const MAX_BLOCKS = 2 ** 32 - 1;

export function badblocksArgs(device: string, sizeBytes: number): readonly string[] {
  let block = BLOCK_BYTES;
  while (sizeBytes / block > MAX_BLOCKS) block *= 2;
  return ["-wsv", "-b", String(block), "-c", String(BYTES_AT_ONCE / block), device];
}

/**
 * Writes and reads back four patterns over the whole disk: destroys everything on it.
 * @param timeoutS hours per terabyte on spinning disks.
 */
export async function runBadblocksWrite(
  ctx: ToolContext,
  device: string,
  sizeBytes: number,
  timeoutS: number,
): Promise<ToolReading<BadblocksReport>> {
  const args = badblocksArgs(device, sizeBytes);
  const result = await runTool(ctx, TOOL, args, { timeoutS, expendable: true });
  const failure = outcomeFailure(result);
  if (failure !== null) return failure;
  const report = result.exitCode === 0 ? parseBadblocks(result.stderr) : null;
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
