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
