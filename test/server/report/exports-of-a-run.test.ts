/** A run as the console has stored it, through the reading thread's own function, in every format. */
import { expect, test } from "vitest";
import { answerRead } from "../../../server/reads/answer-read.ts";
import type { ReportName } from "../../../server/report/renderers.ts";
import { emptyInventory } from "../../empty-inventory.ts";
import { Life, value } from "../run/life.ts";
import { hasOcpSchemas, ocpValidator } from "./ocp-schema.ts";
import { children, parseXml } from "./xsd.ts";

const DIMM = {
  locator: "DIMM_A1",
  bank: null,
  sizeBytes: 2 ** 34,
  type: "DDR4",
  speedMTps: 2666,
  configuredMTps: 2666,
  rank: 2,
  manufacturer: "Hynix",
  partNumber: "HMA82GR7AFR8N-VK",
  serial: "1C0A77F0",
};

/** A host that lost a memory module in CPUStress, was overridden, and failed again. */
async function heldTwice() {
  const life = new Life();
  const { hostId, runId } = await life.inStage("CPUStress");
  const inventory = { ...emptyInventory, dimms: [DIMM] };
  value(life.service.submitInventory(runId, { sequence: life.nextSequence(), inventory }));
  const fail = () => {
    const blame = [{ part: "DIMM", slot: "DIMM_A1", serial: "1C0A77F0", model: null }];
    return life.post(runId, { stage: "CPUStress", result: "fail", summary: "ECC errors.", blame });
  };
  const temps = Array.from({ length: 200 }, (_, s) => [s, s === 77 ? 99.5 : 60] as const);
  await life.samples(runId, "CPUStress", temps);
  life.advance(200);
  const log = { stage: "CPUStress" as const, t: life.iso(-10), source: "kernel" };
  const logged = life.service.submitLog(runId, {
    lines: [
      { ...log, sequence: life.nextSequence(), level: "error", text: "mce: \u0000 <bad> ECC" },
      { ...log, sequence: life.nextSequence(), level: "info", text: "all is well" },
    ],
  });
  life.service.flush();
  await logged;
  const evidence = { stage: "CPUStress" as const, kind: "edac" as const, name: "edac.txt" };
  const sequence = life.nextSequence();
  value(
    life.service.submitEvidence(runId, { ...evidence, sequence, text: "ce 12", truncated: false }),
  );
  value(fail());
  life.advance(5);
  value(life.service.overrideRun(runId, "Module reseated."));
  life.advance(5);
  value(fail());
  const run = life.run(runId);
  const host = value(life.service.host(hostId));
  return (name: ReportName) =>
    [...(answerRead({ kind: "report", name, run, host }, life.store, life.now) ?? [])].join("");
}

test("OCP output: both attempts, the module to pull, the spike, and the log from warnings up", async () => {
  const text = (await heldTwice())("jsonl");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const step = (id: string, kind: string) =>
    lines
      .filter((line) => line.testStepArtifact?.testStepId === id)
      .flatMap((line) => line.testStepArtifact[kind] ?? []);
  expect(step("CPUStress-1", "diagnosis")).toMatchObject([
    { type: "FAIL", hardwareInfoId: "dimm-DIMM_A1" },
  ]);
  expect(step("CPUStress-2", "diagnosis")).toMatchObject([{ type: "FAIL" }]);
  const values = step("CPUStress-1", "measurementSeriesElement").map((one) => one.value);
  expect(Math.max(...values)).toBe(99.5);
  expect(values.length).toBeLessThanOrEqual(120);
  expect(step("CPUStress-2", "measurementSeriesElement")).toEqual([]);
  expect(step("CPUStress-1", "log").map((one) => one.message)).toContain(
    "kernel: mce: \u0000 <bad> ECC",
  );
  expect(step("CPUStress-1", "file")).toHaveLength(1);
  expect(text).not.toContain("all is well");
  expect(text).toContain("Module reseated.");
  expect(lines.at(-1).testRunArtifact.testRunEnd).toEqual({ status: "COMPLETE", result: "FAIL" });
  if (!hasOcpSchemas) return;
  const validate = ocpValidator();
  for (const line of lines) expect([validate(line), validate.errors]).toEqual([true, null]);
});

test("JUnit: the stage fails and names the module", async () => {
  const [suite] = children(parseXml((await heldTwice())("junit")), "testsuite");
  const failed = children(suite!, "testcase").find(
    (one) => one.getAttribute("name") === "CPUStress",
  );
  expect(failed?.textContent).toContain("DIMM, slot DIMM_A1, serial 1C0A77F0");
  expect(suite?.textContent).toContain("Module reseated.");
});
