import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Rectangle } from "./electron-api.ts";

const windowStateSchema = z.object({
  /** Of the window when it is not maximized, in device independent pixels. */
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** So much of the window has to lie on a display for its title to be grabbed. */
const MIN_VISIBLE_PX = 100;

/** How the window was left, or null when that is not known: a first start, or a file that is not ours. */
export function readWindowState(file: string): WindowState | null {
  try {
    const parsed = windowStateSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Best effort: a window that forgets its place is no reason to stop. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(state)}\n`);
  } catch {
    // The data directory may be full or gone; the server says so in its own words.
  }
}

/** Would a window of these bounds be seen? The display it was on may be unplugged. */
export function isVisible(bounds: Rectangle, workAreas: readonly Rectangle[]): boolean {
  return workAreas.some((area) => {
    const width =
      Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    const top = bounds.y >= area.y - 1 && bounds.y < area.y + area.height - MIN_VISIBLE_PX;
    return top && width >= MIN_VISIBLE_PX;
  });
}
