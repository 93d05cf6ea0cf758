import { expect, test } from "vitest";
import { createRedact, redactAll } from "../../agent/redact.ts";
import { stageOutcomeSchema } from "../../contract/stage-result.ts";

test("no sentence of an outcome carries a token out of the host", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const said = "curl failed: Bearer abcdef.123 with run-token-0123 and vetting.boot=once";
  const outcome = stageOutcomeSchema.parse({
    ...{ stage: "Storage", status: "error", result: "not_applicable", startedAt: at, endedAt: at },
    ...{ summary: said, reason: said, gaps: [{ what: "disk", why: said, absent: false }] },
  });
  const text = JSON.stringify(
    redactAll(
      outcome,
      createRedact(() => ["run-token-0123"]),
    ),
  );
  expect(text).not.toMatch(/abcdef|0123|once/);
  expect(text.match(/\[redacted\]/g)).toHaveLength(9);
});
