/** The eleven stages, in the one order in which every run walks them. A profile never reorders or drops one. */
export const STAGES = [
  "Inventory",
  "Firmware",
  "SpecValidate",
  "SMART",
  "CPUStress",
  "Storage",
  "Network",
  "Burn",
  "GPU",
  "PSU",
  "Reporting",
] as const;

export type StageName = (typeof STAGES)[number];

/**
 * Stages that stress a part and so must bring proof of stress with a pass.
 * GPU counts only when it really ran: a host without one is `skipped`, and a skip claims nothing.
 */
export const STRESS_STAGES: readonly StageName[] = [
  "CPUStress",
  "Storage",
  "Network",
  "Burn",
  "GPU",
];

export function isStageName(name: string): name is StageName {
  return (STAGES as readonly string[]).includes(name);
}
