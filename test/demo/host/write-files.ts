import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Files by their path below a folder. */
export type FileTexts = Readonly<Record<string, string | Buffer>>;

export function writeFiles(folder: string, files: FileTexts): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Links by their path below a folder, each to another path below it; relative, so that they stay inside. */
export function writeLinks(folder: string, links: Readonly<Record<string, string>>): void {
  for (const [path, target] of Object.entries(links)) {
    const link = join(folder, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(folder, target)), link);
  }
}

/** In one step: whoever reads meanwhile sees the old text or the new one. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.next`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
