import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { AgentConfig } from "./config.ts";

/** What an agent that is restarted in the same boot needs to take its run up again. */
const claimRecordSchema = z.object({
  consoleUrl: z.string(),
  bootId: z.string(),
  /** Tells the same boot script from a fresh one without keeping its token. */
  bootTokenSha256: z.string(),
  runId: z.int(),
  runToken: z.string(),
});
export type ClaimRecord = z.infer<typeof claimRecordSchema>;

const RECORD = "run.json";

/** Makes the folder, for this user alone. One that is there already keeps its mode: it may not be ours. */
export function openStateDir(path: string): void {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700);
}

/** The run that an earlier agent claimed in this very boot with this very boot token, or null. */
export function readClaimRecord(config: AgentConfig): ClaimRecord | null {
  const json = readJson(join(config.stateDir, RECORD));
  const record = claimRecordSchema.safeParse(json);
  if (!record.success) return null;
  const { consoleUrl, bootId, bootTokenSha256 } = record.data;
  const same =
    consoleUrl === config.consoleUrl &&
    bootId === config.bootId &&
    bootTokenSha256 === sha256(config.bootToken);
  return same ? record.data : null;
}

export function writeClaimRecord(config: AgentConfig, runId: number, runToken: string): void {
  const record: ClaimRecord = {
    consoleUrl: config.consoleUrl,
    bootId: config.bootId,
    bootTokenSha256: sha256(config.bootToken),
    runId,
    runToken,
  };
  writePrivate(join(config.stateDir, RECORD), JSON.stringify(record));
}

/** Replaces a file in one step, readable by this user only. */
export function writePrivate(path: string, text: string): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, "wx", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

/** The JSON value of a file; null when it is absent or none. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
