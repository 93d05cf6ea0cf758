/** `cpu.package.temp` covers itself and every instance `cpu.package.temp[…]`; `*` stands for anything. */
export function sensorMatches(pattern: string, sensor: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}(\\[.*\\])?$`).test(sensor);
}
