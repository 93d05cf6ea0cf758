import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../test/e2e/console-process.ts";

/** A Debian package's files in a folder of ours, not installed: peers that exclude each other can both be measured. */
export function unpackedPackage(name: string): string {
  const folder = join(ROOT, "dist/bench/peers", name);
  const files = join(folder, "files");
  if (existsSync(files)) return files;
  mkdirSync(folder, { recursive: true });
  execFileSync("apt-get", ["download", "-q", name], { cwd: folder, stdio: "ignore" });
  const [archive] = readdirSync(folder).filter((file) => file.endsWith(".deb"));
  if (archive === undefined) throw new Error(`apt-get download ${name} brought nothing.`);
  execFileSync("dpkg", ["-x", join(folder, archive), files]);
  return files;
}
