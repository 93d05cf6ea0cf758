/**
 * Line icons on a 16 × 16 grid, as SVG path data (stroked, not filled).
 * Shapes differ from each other without colour: that is what they are for.
 */
export const ICON_PATHS = {
  check: "M2.5 8.5l4 4 7-9",
  cross: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  hand: "M5.5 3v10M10.5 3v10",
  play: "M4.5 2.5l8.5 5.5-8.5 5.5z",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.5 2",
  ban: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM3.7 12.3l8.6-8.6",
  alert: "M8 1.8L15 14H1zM8 6v4M8 11.6v.8",
  gap: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6 6.2C6 3.8 10 3.8 10 6.2 10 8 8 7.8 8 9.6M8 11.2v.8",
  circle: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
  power: "M8 1.5v6.5M4.5 4a5.5 5.5 0 1 0 7 0",
  plug: "M5.5 1.5v4M10.5 1.5v4M3.5 5.5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12.5v2",
  boot: "M8 10V2M5 7l3 3 3-3M2.5 13.5h11",
  skip: "M3 3l6 5-6 5zM12.5 3v10",
} as const;

export type IconName = keyof typeof ICON_PATHS;
