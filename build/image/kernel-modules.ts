/** Which kernel modules an image keeps, and which firmware they ask for. Paths are as in modules.dep: `kernel/…`. */

/** modules.dep: each module with all modules that it needs. */
export function readModuleDependencies(modulesDep: string): Map<string, readonly string[]> {
  return new Map(
    modulesDep
      .split("\n")
      .filter((line) => line.includes(":"))
      .map((line): [string, string[]] => {
        const at = line.indexOf(":");
        const needed = line
          .slice(at + 1)
          .trim()
          .split(/\s+/);
        return [line.slice(0, at), needed.filter((path) => path !== "")];
      }),
  );
}

/**
 * The modules at or below the wanted paths, with all that they need.
 * @param wanted paths below `kernel/`: a folder or a module
 * @returns also the wanted paths that match nothing: a kernel that has moved a driver
 */
export function chooseModules(
  dependencies: ReadonlyMap<string, readonly string[]>,
  wanted: readonly string[],
): { readonly kept: ReadonlySet<string>; readonly unmatched: readonly string[] } {
  const kept = new Set<string>();
  const unmatched: string[] = [];
  for (const path of wanted) {
    const matches = [...dependencies.keys()].filter(
      (module) => module === `kernel/${path}` || module.startsWith(`kernel/${path}/`),
    );
    if (matches.length === 0) unmatched.push(path);
    for (const module of matches) {
      kept.add(module);
      for (const needed of dependencies.get(module) ?? []) kept.add(needed);
    }
  }
  return { kept, unmatched };
}

/** The firmware files that a module declares, as paths below /lib/firmware: `firmware=` in its `.modinfo`. */
export function firmwareOf(module: Buffer): string[] {
  const names: string[] = [];
  const key = Buffer.from("\0firmware=");
  for (let at = module.indexOf(key); at >= 0; at = module.indexOf(key, at + 1)) {
    const start = at + key.length;
    const end = module.indexOf(0, start);
    if (end > start) names.push(module.toString("latin1", start, end));
  }
  return names;
}
