import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Plugin } from "esbuild";

/** `new URL("./series-worker.ts", import.meta.url)`: how a module names another that a thread is to run. */
const MODULE_URL = /new URL\(\s*(["'])(\.{1,2}\/[\w./-]+)\.ts\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Bundles a program whose modules name others by URL, as for worker threads: each of those becomes a bundle of its own
 * in the same folder, and the URL in the bundle leads there. esbuild itself leaves such URLs as they are.
 * @param mainFile absolute path
 * @param buildOne bundles one entry file with this plugin into `<name>.mjs`
 * @throws Error when two modules would become one file
 */
export async function buildWithModuleUrls(
  mainFile: string,
  buildOne: (entryFile: string, plugin: Plugin) => Promise<unknown>,
): Promise<void> {
  const entries = new Map([[bundleName(mainFile), mainFile]]);
  const plugin: Plugin = {
    name: "module-urls",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        const contents = source.replace(MODULE_URL, (_url, _quote, module: string) => {
          const file = resolve(dirname(path), `${module}.ts`);
          const name = bundleName(file);
          const known = entries.get(name);
          if (known !== undefined && known !== file) {
            throw new Error(`Both ${known} and ${file} would become ${name}; rename one.`);
          }
          entries.set(name, file);
          return `new URL("./${name}", import.meta.url)`;
        });
        return { contents, loader: "ts" };
      });
    },
  };
  // A Map's iterator comes by what is added meanwhile: workers may name workers.
  for (const entry of entries.values()) await buildOne(entry, plugin);
}

function bundleName(file: string): string {
  return `${basename(file, ".ts")}.mjs`;
}
