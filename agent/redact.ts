/** Takes tokens out of a text that leaves the host: dmesg holds the kernel command line. */
export type Redact = (text: string) => string;

const GONE = "[redacted]";

/** @param secrets asked anew each time: the run token comes with the claim. Shorter than 8 characters is no token. */
export function createRedact(secrets: () => readonly string[]): Redact {
  return (text) => {
    let clean = text
      .replace(/(vetting\.boot=)\S+/g, `$1${GONE}`)
      .replace(/(\bBearer\s+)[\w.~+/=-]+/gi, `$1${GONE}`);
    for (const secret of secrets()) {
      if (secret.length >= 8) clean = clean.replaceAll(secret, GONE);
    }
    return clean;
  };
}

/** Every text in a document, however deep: a tool's last words may quote what it was given. */
export function redactAll<T>(document: T, redact: Redact): T {
  return mapTexts(document, redact) as T;
}

function mapTexts(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, redact));
  if (value === null || typeof value !== "object") return value;
  // A Date or a Map is no document.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, redact)]),
  );
}
