import { describe, expect, test } from "vitest";
import { blockLetters } from "../../agent/block-letters.ts";
import { escapes } from "../../agent/monitor.ts";
import {
  type MonitorFacts,
  type MonitorPhase,
  renderScreen,
  toneOf,
} from "../../agent/monitor-screen.ts";
import { STAGES } from "../../contract/stages.ts";

const FAILURE = {
  stage: "Storage",
  reason: "Disk sda read back 12 sectors otherwise than they were written.",
  blame: [{ part: "Bay 3", slot: null, model: "WD4000", serial: "WD-1" }],
};
const ACCESS = {
  user: "root",
  addresses: ["10.0.0.7"],
  port: 22,
  hostKeyFingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
};
const POWERS_OFF = "The host powers off.";
const since = new Date("2026-01-01T22:08:23.000Z");

const PHASES: Readonly<Record<string, MonitorPhase>> = {
  claiming: { kind: "claiming", words: "The console cannot be reached: connect ECONNREFUSED" },
  stage: { kind: "stage", stage: "CPUStress", since },
  "held-open": { kind: "held", failure: FAILURE, login: { kind: "open", access: ACCESS } },
  "held-no-keys": {
    kind: "held",
    failure: { stage: null, reason: null, blame: [] },
    login: { kind: "closed", why: "No SSH keys are configured: nobody can log in." },
  },
  passed: { kind: "passed", verdict: "pass", next: POWERS_OFF },
  "passed-with-gaps": { kind: "passed", verdict: "pass_with_gaps", next: POWERS_OFF },
  incomplete: { kind: "passed", verdict: "incomplete", next: POWERS_OFF },
  cancelled: { kind: "cancelled", next: "The host reboots into its own system." },
  over: { kind: "over", why: "Run 12 is Failed.", next: POWERS_OFF },
};

function facts(phase: MonitorPhase, more: Partial<MonitorFacts> = {}): MonitorFacts {
  return {
    host: { name: "vet-07", mac: "52:54:00:12:34:56", serial: "CN7475", product: "PowerEdge R640" },
    run: { id: 12, profile: "quick", nonDestructive: false },
    consoleUrl: "http://192.0.2.1:8421",
    marks: new Map([["SMART", "skipped"]]),
    notice: null,
    now: new Date("2026-01-01T22:10:33.000Z"),
    phase,
    ...more,
  };
}

describe("the host's own monitor", () => {
  test.each(Object.keys(PHASES))("%s", async (name) => {
    const screen = renderScreen(facts(PHASES[name] as MonitorPhase), 80, 25);
    await expect(`${screen}\n`).toMatchFileSnapshot(`screens/${name}.txt`);
  });

  test("has larger letters on a larger console", async () => {
    const screen = renderScreen(facts(PHASES["held-open"] as MonitorPhase), 160, 60);
    await expect(`${screen}\n`).toMatchFileSnapshot("screens/held-open-large.txt");
  });

  test("fits every console, whatever is to be said", () => {
    const long = "x".repeat(3000);
    const wordy = { stage: long, reason: `${long} ${"word ".repeat(400)}`, blame: FAILURE.blame };
    const phases: MonitorPhase[] = [
      ...Object.values(PHASES),
      ...STAGES.map((stage) => ({ kind: "stage", stage, since }) as const),
      { kind: "held", failure: wordy, login: { kind: "open", access: ACCESS } },
      { kind: "over", why: long, next: long },
    ];
    for (const phase of phases) {
      for (const [columns, rows] of [
        [80, 25],
        [80, 24],
        [40, 12],
        [20, 5],
        [132, 43],
        [240, 67],
      ] as const) {
        const lines = renderScreen(facts(phase, { notice: long }), columns, rows).split("\n");
        expect(lines).toHaveLength(rows);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
      }
    }
  });

  test("shows the way in however long the reason is", () => {
    const failure = { ...FAILURE, reason: "word ".repeat(400) };
    const phase: MonitorPhase = { kind: "held", failure, login: { kind: "open", access: ACCESS } };
    const screen = renderScreen(facts(phase), 80, 25);
    expect(screen).toContain("ssh root@10.0.0.7");
    expect(screen).toContain(ACCESS.hostKeyFingerprint);
  });

  test("says in a symbol and a word what its colour says", () => {
    const words = Object.values(PHASES).map(
      (phase) => renderScreen(facts(phase), 20, 12).split("\n")[3],
    );
    expect(words.map((word) => word?.slice(0, 19))).toEqual([
      "*** > CLAIMING ***",
      "*** > CPUStress 5 O",
      "*** X FAILED Storag",
      "*** X FAILED ***",
      "*** OK PASSED ***",
      "*** OK PASSED WITH",
      "*** # INCOMPLETE **",
      "*** # CANCELLED ***",
      "*** # OVER ***",
    ]);
    expect(new Set(Object.values(PHASES).map(toneOf)).size).toBe(5);
  });

  test("says when the console does not answer", () => {
    const notice = "The console does not answer: connect ECONNREFUSED";
    expect(renderScreen(facts(PHASES.stage as MonitorPhase, { notice }), 80, 25)).toContain(
      `!! ${notice}`,
    );
  });

  test("obeys no string of the host or of its tools", () => {
    const evil = "\x1b[2J\x9b31m\u202eCN\r\n\tok\u0007";
    const hostile = facts(
      {
        kind: "held",
        failure: {
          stage: evil,
          reason: evil,
          blame: [{ part: evil, slot: evil, model: evil, serial: evil }],
        },
        login: { kind: "closed", why: evil },
      },
      {
        host: { name: evil, mac: evil, serial: evil, product: evil },
        notice: evil,
        consoleUrl: evil,
      },
    );
    const screen = renderScreen(hostile, 200, 60);
    expect(screen.replace(/█/g, "")).toMatch(/^[\x20-\x7e\n]*$/);
    expect(screen).toContain("\\x1b[2J");
  });
});

describe("block letters", () => {
  test("exist for every stage and every word of the monitor", () => {
    for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789✓✗▶■") {
      expect(blockLetters(letter, 5, 7)?.join("")).toContain("█");
    }
  });
  test("are none where they do not fit, and as large as they may be", () => {
    expect(blockLetters("FAILED", 34, 7)).toBeNull();
    expect(blockLetters("FAILED", 35, 6)).toBeNull();
    expect(blockLetters("FAILED", 35, 7)).toHaveLength(7);
    expect(blockLetters("FAILED", 70, 28)).toHaveLength(14);
  });
});

test("a painting starts at the top, clears what was there, and needs no block in the font", () => {
  expect(escapes("ab\n ██ █\nc", "bad")).toBe(
    "\x1b[0m\x1b[Hab\x1b[K\r\n \x1b[41m  \x1b[0m \x1b[41m \x1b[0m\x1b[K\r\nc\x1b[K\x1b[J",
  );
});
