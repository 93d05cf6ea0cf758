/** When the made-up runs took place. */

export const T0 = Date.parse("2026-03-02T09:00:00.000Z");

export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString();
}
