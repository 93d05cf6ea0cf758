/** From the root of a document to a value in it. */
export type KeyPath = readonly (string | number)[];

/** As a mistake names its place: `vetting.thresholds[0].max`. */
export function pathText(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
