/** A difference with its sign, as `+12 s` or `−3 %`; `0` has none. */
export function signed(value: number, words: (size: number) => string): string {
  if (value === 0) return words(0);
  return `${value > 0 ? "+" : "−"}${words(Math.abs(value))}`;
}
