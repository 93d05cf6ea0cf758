import { describe, expect, test } from "vitest";
import { STAGES } from "../../../contract/stages.ts";
import { type ReportInput, renderReportHtml } from "../../../server/report/html.ts";
import { bootUpTo } from "../../fakes/boot-data.ts";
import {
  at,
  attempt,
  detail,
  FIRMWARE,
  gappyRun,
  goodStages,
  holdingRun,
  host,
  SERIES,
  startOf,
} from "../../fakes/console-data.ts";

const DIFF: ReportInput["firmwareDiff"] = [
  {
    kind: "match",
    component: "bios",
    identifier: "system",
    expected: "2.19.1",
    actual: "2.19.1",
  },
  {
    kind: "mismatch",
    component: "nic",
    identifier: "0000:19:00.0",
    expected: "22.40.1",
    actual: "22.31.6",
  },
];

function report(changes: Partial<ReportInput> = {}): string {
  return renderReportHtml({
    run: detail(),
    host: host(),
    firmware: FIRMWARE,
    firmwareDiff: DIFF,
    series: SERIES,
    generatedAt: at(1300),
    ...changes,
  });
}

/** The text of one section, tags removed and entities resolved. */
function sectionText(document: string, id: string): string {
  const match = new RegExp(`<section id="${id}">(.*?)</section>`, "s").exec(document);
  return plain(match?.[1] ?? "");
}

function plain(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

function stageItem(document: string, stage: string): string {
  return new RegExp(`<li id="stage-${stage}".*?</li>\n`, "s").exec(document)?.[0] ?? "";
}

describe("the document", () => {
  test("refers to nothing outside of itself and runs no script", () => {
    const document = report();
    expect(document).toMatch(/^<!doctype html>/);
    expect(document).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    );
    expect(document).not.toMatch(
      /<script|<link|<img|<iframe|\son\w+=|\bhref=|\bsrc=|@import|url\(/i,
    );
    expect(document).not.toMatch(/\sstyle="/);
  });

  test("is the same for the same input", () => {
    expect(report()).toBe(report());
  });

  test("follows the system's light or dark on screen and prints light on A4", () => {
    const document = report();
    expect(document).toContain("@media screen and (prefers-color-scheme:dark)");
    expect(document).toContain("@page{size:A4");
    expect(document).toContain("break-inside:avoid");
  });
});

describe("the verdict", () => {
  test.each([
    ["pass", "good", "Pass"],
    ["pass_with_gaps", "gaps", "Pass with gaps"],
    ["fail", "bad", "Fail"],
    ["incomplete", "gaps", "Incomplete"],
    [null, "waiting", "No verdict yet"],
  ] as const)("%s is the largest heading, in tone %s, as the word %s", (verdict, tone, word) => {
    const heading = /<h1 class="verdict (\w+)">(.*?)<\/h1>/s.exec(
      report({ run: detail({ verdict }) }),
    );
    expect(heading?.[1]).toBe(tone);
    expect(plain(heading?.[2] ?? "")).toBe(word);
  });

  test("names the part to pull with slot, model and serial, the stage and the reason", () => {
    const stages = goodStages("SMART");
    stages.push(
      attempt("SMART", startOf("SMART"), {
        result: "fail",
        blame: [{ part: "sda", slot: "0", serial: "W4716D0B", model: "ST1000NX0423" }],
      }),
    );
    const run = holdingRun({ stages, failedStage: "SMART", reason: "sda reports FAILED." });
    const text = sectionText(report({ run }), "failure");
    expect(text).toContain("sda · slot 0 · ST1000NX0423 · serial W4716D0B");
    expect(text).toContain("Failed in SMART . sda reports FAILED.");
  });

  test("a failure without a part to blame says so", () => {
    const run = holdingRun({
      stages: goodStages("Burn"),
      failedStage: "Burn",
      reason: "Host silent.",
    });
    expect(sectionText(report({ run }), "failure")).toContain("No single part could be named.");
  });

  test("a pass has no section about a failure", () => {
    expect(report()).not.toContain('id="failure"');
  });
});

describe("the stages", () => {
  test("all eleven are listed in their order, also those that never ran", () => {
    const document = report({ run: holdingRun() });
    const listed = [...document.matchAll(/<li id="stage-(\w+)"/g)].map(([, stage]) => stage);
    expect(listed).toEqual([...STAGES]);
    expect(plain(stageItem(document, "Burn"))).toContain("To come");
    const cancelled = report({ run: holdingRun({ state: "Cancelled" }) });
    expect(plain(stageItem(cancelled, "Burn"))).toContain("Not reached");
  });

  test("a stage shows status, result, duration and its proof of stress", () => {
    const text = plain(stageItem(report(), "CPUStress"));
    expect(text).toContain("6 min 12 status complete, result pass");
    expect(text).toContain("cpu: 180 s of 180 s, 8.1 M bogo-ops, 99.6 % busy, max 71 °C");
    expect(text).toContain("ram: 181 s of 180 s, 5.1 TB, max 64 °C");
  });

  test("a skipped stage is not exercised, in its own word and never green", () => {
    const item = stageItem(report(), "GPU");
    expect(plain(item)).toContain("Not exercised: GPU");
    expect(item).not.toContain("good");
  });

  test("every attempt is kept, with what was claimed and what was judged", () => {
    const stages = goodStages();
    const index = stages.findIndex(({ stage }) => stage === "Network");
    stages.splice(
      index,
      0,
      attempt("Network", startOf("Network"), {
        result: "fail",
        claimedResult: "pass",
        reason: "nic eno1 send did no work at all.",
      }),
    );
    stages[index + 1] = { ...stages[index + 1]!, attempt: 2 };
    const text = plain(stageItem(report({ run: detail({ stages }) }), "Network"));
    expect(text).toContain("Attempt 1 Fail");
    expect(text).toContain("The agent claimed pass; the console judged fail.");
    expect(text).toContain("nic eno1 send did no work at all.");
    expect(text).toContain("Attempt 2 Pass");
  });
});

describe("the sections", () => {
  test("what was not exercised is listed with its reason", () => {
    expect(sectionText(report({ run: gappyRun() }), "gaps")).toBe(
      "Not exercised Not exercised: ECC counters (CPU and memory) – No EDAC driver is loaded.",
    );
  });

  test("an override stays with its reason, who and when", () => {
    expect(sectionText(report({ run: gappyRun() }), "overrides")).toContain(
      "Storage was entered again on 2026-03-02 09:15:00 UTC by M. Ortiz: “Cable of bay 0 reseated, errors were on the cable.”",
    );
  });

  test("measurements beyond their limit come first, with the limit", () => {
    const document = report({ run: holdingRun() });
    const rows = [...document.matchAll(/<tr class="(\w*)">(.*?)<\/tr>/gs)];
    const first = rows.find(([, , cells]) => cells?.includes("cpu.throttle_events"));
    expect(first?.[1]).toBe("bad");
    const text = sectionText(document, "measurements");
    expect(text.indexOf("cpu.throttle_events")).toBeLessThan(text.indexOf("disk.available_spare"));
    expect(text).toContain("cpu.throttle_events CPU2 41 ≤ 0 Beyond limit");
  });

  test("a measurement barely within its limit is marginal, with its margin, right after those beyond", () => {
    const run = gappyRun();
    const [first, ...rest] = run.stages;
    if (first === undefined) throw new Error("the run has no stage");
    const rail = { name: "psu.rail", unit: "V", min: 11.4, max: 12.6 };
    const measurements = [
      { ...rail, item: "P12V_B", value: 12.1 },
      { ...rail, item: "P12V_A", value: 11.42 },
      { ...rail, item: "P12V_C", value: 11.1 },
    ];
    const text = sectionText(
      report({ run: { ...run, stages: [{ ...first, measurements }, ...rest] } }),
      "measurements",
    );
    expect(text).toContain("psu.rail P12V_A 11.4 V ≥ 11.4 V and ≤ 12.6 V Marginal 3.3 % inside");
    const at = (item: string) => text.indexOf(item);
    expect(at("P12V_C")).toBeLessThan(at("P12V_A"));
    expect(at("P12V_A")).toBeLessThan(at("P12V_B"));
  });

  test("breaches stand with sensor, value and limit beside the thresholds in force", () => {
    const text = sectionText(report({ run: holdingRun() }), "thresholds");
    expect(text).toContain("CPU and memory cpu.package.temp[1] 101 °C 100 °C Fails");
    expect(text).toContain("psu.power above 500 W for 5 s warns");
    expect(text).toContain("at the sensor's own critical limit for 10 s fails the stage");
  });

  test("firmware is shown as found and against the spec, what differs first", () => {
    const text = sectionText(report(), "firmware");
    expect(text.indexOf("Mismatch")).toBeLessThan(text.indexOf("Match "));
    expect(text).toContain("nic 0000:19:00.0 22.40.1 22.31.6 Mismatch");
    expect(text).toContain("not readable: ipmitool: Could not open device at /dev/ipmi0");
    expect(sectionText(report({ firmwareDiff: null }), "firmware")).toContain(
      "No spec applies to this host",
    );
    expect(sectionText(report({ firmware: null }), "firmware")).toContain(
      "No firmware snapshot was taken.",
    );
  });

  test("evidence, parts with serials, versions, operator and ticket are there", () => {
    const document = report({ run: holdingRun() });
    expect(sectionText(document, "evidence")).toContain("dmesg.txt dmesg CPU and memory 48.2 kB");
    expect(sectionText(document, "parts")).toContain("W4716D0B");
    expect(sectionText(document, "versions")).toMatch(
      /Console 0\.1\.0 Agent 0\.1\.0 .*stress-ng 0\.15\.06/,
    );
    expect(plain(document)).toContain("Operator M. Ortiz Ticket LAB-311");
  });

  test("warnings and dropped samples are said", () => {
    const run = detail({ warnings: ["The boot script was fetched twice."], droppedSamples: 31 });
    const text = sectionText(report({ run }), "warnings");
    expect(text).toContain("The boot script was fetched twice.");
    expect(text).toContain("31 sensor samples were dropped");
  });

  test("every network boot is told step by step; one that stopped says what usually causes it", () => {
    const run = detail({ boots: [bootUpTo("claim"), bootUpTo("offer", { id: 2, laterS: 600 })] });
    const text = sectionText(report({ run }), "boots");
    expect(text).toContain("Booted");
    expect(text).toContain("92.3 Run claimed Agent 0.1.0 claimed the run");
    expect(text).toContain("The boot stopped after “Told where to boot from”");
    expect(report({ run: detail() })).not.toContain('id="boots"');
  });

  test("a simulated host is labelled before anything else", () => {
    const document = plain(
      report({ host: host({ simulated: true }) }).replace(/<head>.*<\/head>/s, ""),
    );
    expect(document).toMatch(/^SIMULATED/);
    expect(plain(report())).not.toContain("SIMULATED");
  });
});

describe("the plots", () => {
  test("one a sensor, with the spike of a single sample inside its band", () => {
    const document = report({ run: holdingRun() });
    const plots = document.match(/<figure>.*?<\/figure>/gs) ?? [];
    expect(plots).toHaveLength(SERIES.length);
    expect(plain(plots[1] ?? "")).toContain("cpu.package.temp[1] 37.6 °C to 101 °C");
    expect(plots[1]).toContain('class="range"');
    expect(plots[1]).toContain('class="breach"');
    expect(plain(plots[1] ?? "")).toContain("limit 100 °C");
    expect(plain(plots[2] ?? "")).toContain("limit 500 W");
    expect(plain(plots[0] ?? "")).toContain("SMART CPU 32.2 °C");
  });

  test("a flat line, a single sample and no sample at all are drawn without a number gone wrong", () => {
    const flat = {
      sensor: "a",
      unit: "V",
      points: [[1, 0, 0, 0]] as [number, number, number, number][],
    };
    const none = { sensor: "b", unit: "V", points: [] };
    const document = report({ series: [flat, none] });
    expect(document.match(/<figure>/g)).toHaveLength(1);
    expect(document).not.toMatch(/NaN|Infinity/);
    expect(sectionText(report({ series: [] }), "sensors")).toContain("No sensor sent any sample.");
  });
});

describe("hostile text", () => {
  const XSS = `"'><img src=x onerror=alert(1)></style><script>alert(2)</script>&\u202e\u0000`;

  test("from any field is shown as text and never as markup", () => {
    const poison = <T>(value: T): T => {
      if (value === null || typeof value === "number" || typeof value === "boolean") return value;
      if (Array.isArray(value)) return value.map(poison) as T;
      if (typeof value === "object") {
        return Object.fromEntries(
          Object.entries(value).map(([key, entry]) => [
            key,
            typeof entry === "string" && FREE_TEXT.has(key) ? entry + XSS : poison(entry),
          ]),
        ) as T;
      }
      return value;
    };
    const run = poison(
      gappyRun({
        ...holdingRun(),
        warnings: [],
        overrides: gappyRun().overrides,
        gaps: gappyRun().gaps,
      }),
    );
    const document = report({
      run: { ...run, warnings: [XSS] },
      host: poison(host({ notes: "n", simulated: true })),
      firmware: poison(FIRMWARE),
      firmwareDiff: poison(DIFF),
      series: poison(SERIES),
    });
    const tags = new Set([...document.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag));
    expect(tags).not.toContain("script");
    expect(tags).not.toContain("img");
    expect(document.match(/<style>/g)).toHaveLength(1);
    expect(document.match(/<\/style>/g)).toHaveLength(1);
    expect(document).not.toContain("\u0000");
    expect(document).not.toContain("\u202e");
    expect(document.match(/&lt;script&gt;alert\(2\)/g)?.length).toBeGreaterThan(40);
    const withoutValues = document.replace(/="[^"]*"/g, "");
    expect(withoutValues.match(/<[^>]*\sonerror=/g)).toBeNull();
  });

  const FREE_TEXT = new Set([
    "hostName",
    "name",
    "vendor",
    "product",
    "model",
    "serial",
    "locator",
    "slot",
    "part",
    "reason",
    "summary",
    "what",
    "why",
    "operator",
    "ticket",
    "notes",
    "sensor",
    "item",
    "identifier",
    "version",
    "expected",
    "actual",
    "problem",
    "failedStage",
    "agentVersion",
    "profile",
    "spec",
    "stress-ng",
  ]);
});
