import type { StageContext } from "./stage.ts";

const FOLDER = "/sys/devices/system/machinecheck";

/**
 * The kernel asks for corrected machine checks every 300 s by default, so a short pass would not see them:
 * it is told to ask every second while something is under stress.
 * @returns puts back what was there.
 */
export async function pollMachineChecksEverySecond(
  ctx: Pick<StageContext, "files" | "log">,
): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  for (const name of await ctx.files.list(FOLDER)) {
    const path = `${FOLDER}/${name}/check_interval`;
    const value = (await ctx.files.readText(path))?.trim();
    if (value === undefined || value === "1") continue;
    if (await ctx.files.writeText(path, "1")) before.set(path, value);
  }
  const [was] = before.values();
  if (was !== undefined) {
    ctx.log(
      "info",
      `check_interval of the machine checks set from ${was} s to 1 s for this stage.`,
    );
  }
  return async () => {
    for (const [path, value] of before) await ctx.files.writeText(path, value);
  };
}
