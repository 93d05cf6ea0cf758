import type { DoctorCheck } from "../console-api.ts";
import type { IconName } from "./icons.ts";
import type { Tone } from "./status-table.ts";

/** What the outcomes of the doctor's checks look like. */
export const CHECK_STATUS: Readonly<
  Record<DoctorCheck["status"], { word: string; icon: IconName; tone: Tone }>
> = {
  ok: { word: "In order", icon: "check", tone: "good" },
  warn: { word: "Warning", icon: "alert", tone: "gaps" },
  fail: { word: "In the way", icon: "cross", tone: "bad" },
};
