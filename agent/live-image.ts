/** The arguments of a kernel command line; a flag without `=` has the empty value, the last of two counts. */
export function kernelArguments(commandLine: string): ReadonlyMap<string, string> {
  const pairs = commandLine.split(/\s+/).filter((word) => word !== "");
  return new Map(
    pairs.map((word): [string, string] => {
      const at = word.indexOf("=");
      return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/**
 * Was this system booted as the live image? Power actions and writing to disks hang on it, so it counts
 * from the kernel command line only, never from the environment.
 */
export function hasLiveMarker(args: ReadonlyMap<string, string>): boolean {
  return args.get("vetting.live") === "1";
}
