import { ok, readTool, type ToolContext, type ToolReading, unreadable } from "./tool-result.ts";

const TOOL = "hdparm";

/** What an ATA drive says about erasing itself. Nothing here changes the drive. */
export interface WipeCapability {
  readonly securityErase: boolean;
  readonly enhancedErase: boolean;
  /** The firmware locked the security commands until the next power cycle. */
  readonly frozen: boolean;
  readonly cryptoScramble: boolean;
  readonly blockErase: boolean;
}

/** `hdparm -I`: identify only. */
export function readWipeCapability(
  ctx: ToolContext,
  device: string,
): Promise<ToolReading<WipeCapability>> {
  return readTool(ctx, TOOL, ["-I", device], parseHdparmIdentify);
}

export function parseHdparmIdentify(text: string): ToolReading<WipeCapability> {
  if (!/^ATA device|^ATAPI |^\s+Model Number:/m.test(text)) {
    return unreadable(TOOL, "no identify data");
  }
  const security = /^Security:\s*\n((?:[ \t].*\n?)*)/m.exec(text)?.[1] ?? "";
  // Each line is either `\t\tsupported: enhanced erase` or, negated, `\tnot\tfrozen`.
  const says = (word: RegExp) =>
    security.split("\n").some((line) => word.test(line) && !/^\s*not\b/.test(line));
  return ok({
    securityErase: says(/^\s*supported\s*$/),
    enhancedErase: says(/supported: enhanced erase/),
    frozen: says(/\bfrozen\b/),
    cryptoScramble: /\*\s+CRYPTO_SCRAMBLE_EXT/.test(text),
    blockErase: /\*\s+BLOCK_ERASE_EXT/.test(text),
  });
}
