import { runTool, type ToolContext } from "./tool-result.ts";

/** How each program is asked for its version; `--version` where nothing is listed. */
const VERSION_ARGS: Readonly<Record<string, readonly string[]>> = {
  nvme: ["version"],
  ip: ["-V"],
  ipmitool: ["-V"],
};

/** Versions of external programs, for the report; one that is missing or says none is left out. */
export async function readToolVersions(
  ctx: ToolContext,
  tools: readonly string[],
): Promise<Record<string, string>> {
  const versions = await Promise.all(
    tools.map(async (tool) => {
      const result = await runTool(ctx, tool, VERSION_ARGS[tool] ?? ["--version"]);
      const version = versionIn(`${result.stdout}\n${result.stderr}`);
      return result.outcome === "exited" && version !== null ? [[tool, version] as const] : [];
    }),
  );
  return Object.fromEntries(versions.flat());
}

/** The first number of the form 1.2 or 1.2.3 in a program's answer. */
export function versionIn(text: string): string | null {
  return /\b\d+\.\d+(?:\.\d+)*\b/.exec(text)?.[0] ?? null;
}
