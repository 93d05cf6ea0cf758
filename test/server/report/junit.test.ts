import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunDetail } from "../../../contract/console-api.ts";
import { STAGES, type StageName } from "../../../contract/stages.ts";
import type { ReportInput } from "../../../server/report/input.ts";
import { renderJunit } from "../../../server/report/junit.ts";
import { escapeXml } from "../../../server/report/xml.ts";
import {
  at,
  attempt,
  detail,
  gappyRun,
  goodStages,
  holdingRun,
  host,
  runningRun,
} from "../../fakes/console-data.ts";
import { children, parseXml, schemaErrors } from "./xsd.ts";

const SCHEMA = join(import.meta.dirname, "../../../../shared/data/junit/JUnit.xsd");

function render(run: RunDetail, changes: Partial<ReportInput> = {}): string {
  const input = { run, host: host(), firmware: null, firmwareDiff: null, series: [] };
  return renderJunit({ ...input, generatedAt: at(2000), ...changes });
}

function suiteOf(run: RunDetail, changes: Partial<ReportInput> = {}) {
  const [suite] = children(parseXml(render(run, changes)), "testsuite");
  if (suite === undefined) throw new Error("no testsuite");
  return suite;
}

/** What stands in a case, `passed`, `failure` and so on, and its message. */
type Cases = Partial<Record<StageName | "Verdict", readonly [kind: string, message: string]>>;

function casesOf(run: RunDetail): Cases {
  return Object.fromEntries(
    children(suiteOf(run), "testcase").map((one) => {
      const [outcome] = children(one);
      const kind = outcome?.localName ?? "passed";
      return [one.getAttribute("name"), [kind, outcome?.getAttribute("message") ?? ""]];
    }),
  );
}

/** A pass with nothing left out: the spec knows that there is no GPU. */
const cleanRun = () => detail();
const cancelledRun = () =>
  runningRun({
    state: "Cancelled",
    verdict: "incomplete",
    reason: "Cancelled by the operator.",
    endedAt: at(900),
    stages: [
      ...goodStages("Storage"),
      attempt("Storage", 700, {
        status: "cancelled",
        result: "not_applicable",
        reason: "Cancelled by the operator.",
      }),
    ],
  });
const couldNotBegin = () =>
  detail({
    state: "Failed",
    verdict: "incomplete",
    failedStage: "boot",
    reason: "The host booted its own system again.",
    startedAt: null,
    stages: [],
  });
const erredRun = () =>
  holdingRun({
    failedStage: "Network",
    reason: "iperf3 is missing.",
    stages: [
      ...goodStages("Network"),
      attempt("Network", 900, {
        status: "error",
        result: "not_applicable",
        reason: "iperf3 is missing.",
      }),
    ],
  });

describe("a suite", () => {
  test("has a case a stage in their order, and one for the verdict", () => {
    expect(Object.keys(casesOf(cleanRun()))).toEqual([...STAGES, "Verdict"]);
    expect(Object.keys(casesOf(couldNotBegin()))).toEqual([...STAGES, "Verdict"]);
  });

  test("counts what stands in it", () => {
    for (const run of [cleanRun(), gappyRun(), holdingRun(), erredRun(), couldNotBegin()]) {
      const suite = suiteOf(run);
      const kinds = Object.values(casesOf(run)).map(([kind]) => kind);
      const count = (kind: string) => kinds.filter((one) => one === kind).length;
      expect(suite.getAttribute("tests")).toBe("12");
      expect(suite.getAttribute("failures")).toBe(String(count("failure")));
      expect(suite.getAttribute("errors")).toBe(String(count("error")));
      expect(suite.getAttribute("skipped")).toBe(String(count("skipped")));
    }
  });

  test("tells host, serial, profile, verdict, operator and ticket as properties", () => {
    const [properties] = children(suiteOf(cleanRun()), "properties");
    const pairs = Object.fromEntries(
      children(properties!).map((one) => [one.getAttribute("name"), one.getAttribute("value")]),
    );
    expect(pairs).toMatchObject({
      run: "7",
      host: "orion",
      serial: "7XK2P33",
      profile: "quick",
      nonDestructive: "true",
      verdict: "pass",
      operator: "M. Ortiz",
      ticket: "LAB-311",
      simulated: "false",
    });
  });

  test("begins when the run did and takes as long, in seconds", () => {
    const suite = suiteOf(cleanRun());
    expect(suite.getAttribute("timestamp")).toBe("2026-03-02T09:00:04");
    expect(suite.getAttribute("time")).toBe("1281.000");
    const storage = children(suite, "testcase").find((c) => c.getAttribute("name") === "Storage");
    expect(storage?.getAttribute("time")).toBe("244.000");
  });

  test("shows the proof of stress and the measurements", () => {
    const [out] = children(suiteOf(cleanRun()), "system-out");
    expect(out?.textContent).toContain("proof cpu: 180 s of 180 s, 8.1 M bogo-ops");
    expect(out?.textContent).toContain("nic.throughput of eno1: 1.17 GB/s");
  });
});

describe("what is no pass does not read as one", () => {
  const green = (run: RunDetail) =>
    Object.values(casesOf(run)).every(([kind]) => kind === "passed" || kind === "skipped");

  test("a pass is green", () => {
    expect(casesOf(cleanRun()).Verdict).toEqual(["passed", ""]);
    expect(green(cleanRun())).toBe(true);
  });

  test("a pass with gaps: its verdict is in error, and the stage with the gap is not listed as passed", () => {
    const cases = casesOf(gappyRun());
    expect(green(gappyRun())).toBe(false);
    expect(cases.Verdict).toEqual(["error", expect.stringContaining("Pass with gaps")]);
    expect(cases.CPUStress).toEqual([
      "skipped",
      "Passed, but not all was exercised. ECC counters: No EDAC driver is loaded.",
    ]);
  });

  test("a failure: the stage fails with its reason, and its text names the part and the value", () => {
    const cases = casesOf(holdingRun());
    expect(cases.CPUStress).toEqual(["failure", holdingRun().reason]);
    expect(cases.Verdict?.[0]).toBe("failure");
    expect(cases.Burn?.[0]).toBe("skipped");
    const failed = children(suiteOf(holdingRun()), "testcase").find(
      (one) => one.getAttribute("name") === "CPUStress",
    );
    expect(failed?.textContent).toContain("CPU2, slot CPU2, Xeon Gold 6130");
    expect(failed?.textContent).toContain("cpu.package.temp[1] 101 °C, limit 100 °C");
    expect(failed?.textContent).toContain("cpu.throttle_events of CPU2: 41, limit ≤ 0");
  });

  test("a test that could not be carried out is an error", () => {
    expect(casesOf(erredRun()).Network).toEqual(["error", "iperf3 is missing."]);
  });

  test("a run that could not begin, one that was cancelled and one under way", () => {
    expect(casesOf(couldNotBegin()).Verdict).toEqual([
      "error",
      expect.stringContaining("The host booted its own system again."),
    ]);
    expect(casesOf(cancelledRun()).Verdict?.[0]).toBe("error");
    expect(casesOf(cancelledRun()).Storage?.[0]).toBe("skipped");
    expect(casesOf(runningRun()).Verdict).toEqual([
      "error",
      expect.stringContaining("No verdict yet"),
    ]);
  });

  test("a stage counts as its last attempt", () => {
    const stages = goodStages();
    const index = stages.findIndex(({ stage }) => stage === "Network");
    stages.splice(index, 0, attempt("Network", 800, { result: "fail", reason: "No work." }));
    stages[index + 1] = { ...stages[index + 1]!, attempt: 2 };
    expect(casesOf(detail({ stages })).Network?.[0]).toBe("passed");
  });
});

describe("text from hosts", () => {
  const HOSTILE = "a<b>&\"' ]]> \u0000\u0008\u001b[31m\ud800 \uffff é 😀\nline";

  test("is text in XML: what XML 1.0 forbids becomes U+FFFD, and all else stays", () => {
    const run = holdingRun({ hostName: HOSTILE, operator: HOSTILE, reason: HOSTILE });
    const suite = suiteOf(run);
    const kept = "a<b>&\"' ]]> ���[31m� � é 😀\nline";
    expect(suite.getAttribute("hostname")).toBe(kept);
    const [properties] = children(suite, "properties");
    const operator = children(properties!).find((one) => one.getAttribute("name") === "operator");
    expect(operator?.getAttribute("value")).toBe(kept);
  });

  test("a line break survives in an attribute", () => {
    expect(escapeXml("a\n\tb\r")).toBe("a&#10;&#9;b&#13;");
  });
});

describe("the published schema", () => {
  const schema = () => parseXml(readFileSync(SCHEMA, "utf8"));
  const present = existsSync(SCHEMA);

  test.runIf(present).each([
    ["a pass", cleanRun()],
    ["a pass with gaps", gappyRun()],
    ["a hold", holdingRun()],
    ["an error", erredRun()],
    ["a run that could not begin", couldNotBegin()],
    ["a cancelled run", cancelledRun()],
    ["a run under way", runningRun()],
  ])("holds for %s", (_what, run) => {
    expect(schemaErrors(schema(), parseXml(render(run)))).toEqual([]);
  });

  test.runIf(present)("is not held by anything at all", () => {
    const text = render(holdingRun());
    const broken = (from: string | RegExp, to: string) =>
      schemaErrors(schema(), parseXml(text.replace(from, to)));
    expect(broken(/ timestamp="[^"]*"/, "")).toEqual([
      "/testsuites/testsuite: attribute timestamp is missing",
    ]);
    expect(broken(/ timestamp="([^"]*)"/, ' timestamp="$1Z"').join()).toContain("pattern");
    expect(broken(/ tests="12"/, ' tests="twelve"').join()).toContain('"twelve" is no xs:int');
    expect(broken(/<system-err\/>/, "<strange/>").length).toBeGreaterThan(0);
    expect(broken(/<system-err\/>/, "")).toEqual(["/testsuites/testsuite: system-err is missing"]);
    expect(broken("<testcase ", '<testcase colour="red" ').join()).toContain("colour");
  });
});
