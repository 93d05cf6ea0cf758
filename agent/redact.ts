import type { StageOutcome } from "../contract/stage-result.ts";

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

/** Every sentence of an outcome: a tool's last words may quote what it was given. */
export function redactOutcome(outcome: StageOutcome, redact: Redact): StageOutcome {
  return {
    ...outcome,
    summary: redact(outcome.summary),
    ...(outcome.reason === undefined ? {} : { reason: redact(outcome.reason) }),
    gaps: outcome.gaps.map((gap) => ({ ...gap, what: redact(gap.what), why: redact(gap.why) })),
  };
}
