import type { Measurement } from "../stage-result.ts";
import { standing } from "./format.ts";

/** Closer to its limit than this, a value is said to be marginal, in percent. */
export const MARGINAL_PERCENT = 5;

export interface Margin {
  /** `marginal` is within its limit, but barely; `unlimited` declares none. */
  readonly standing: "beyond" | "marginal" | "within" | "unlimited";
  /**
   * How far inside its limit the value lies; negative beyond it; null where a percentage says nothing. With one limit
   * of the limit itself; between two of the half between them, so that 100 is the middle.
   */
  readonly percent: number | null;
}

/** Units in which things are counted: a count is met or it is not, and 0 errors of 0 allowed is no near miss. */
const COUNTED = /^(1|\{.*\})$/;

/** How a measurement stands to its limits, and how much is left. */
export function marginOf({
  value,
  unit,
  min,
  max,
}: Pick<Measurement, "value" | "unit" | "min" | "max">): Margin {
  const stands = standing({
    value,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });
  if (stands === "unlimited") return { standing: "unlimited", percent: null };
  const counts =
    COUNTED.test(unit) && [value, min ?? 0, max ?? 0].every((one) => Number.isInteger(one));
  const percent = counts ? null : percentInside(value, min, max);
  if (stands === "beyond") return { standing: "beyond", percent };
  const near = percent !== null && percent < MARGINAL_PERCENT;
  return { standing: near ? "marginal" : "within", percent };
}

function percentInside(
  value: number,
  min: number | undefined,
  max: number | undefined,
): number | null {
  if (min !== undefined && max !== undefined) {
    const half = (max - min) / 2;
    return half > 0 ? (Math.min(value - min, max - value) / half) * 100 : null;
  }
  if (min !== undefined) return min === 0 ? null : ((value - min) / Math.abs(min)) * 100;
  if (max !== undefined) return max === 0 ? null : ((max - value) / Math.abs(max)) * 100;
  return null;
}

/** `12 % inside`, `3.1 % beyond`, `more than 100 % inside`; empty where a percentage says nothing. */
export function marginText({ percent }: Margin): string {
  if (percent === null) return "";
  const size = Math.abs(percent);
  const where = percent < 0 ? "beyond" : "inside";
  if (size > 100) return `more than 100 % ${where}`;
  return `${Number(size.toFixed(size < 10 ? 1 : 0))} % ${where}`;
}
