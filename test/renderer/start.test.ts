import { describe, expect, test } from "vitest";
import { BUILT_IN_PROFILES } from "../../contract/stage-params.ts";
import type { Preflight, PreflightFinding } from "../../contract/start-api.ts";
import { estimateWords, whatItDoes } from "../../renderer/start/profile-words.ts";
import {
  firstWrong,
  type StartForm,
  startOf,
  startRequest,
  startWords,
} from "../../renderer/start/start-form.ts";

const online = { name: "orion", online: true };
const offline = { name: "orion", online: false };
const form = (part: Partial<StartForm> = {}): StartForm => ({
  profile: "quick",
  nonDestructive: true,
  start: "reporter",
  afterPass: "power_off",
  operator: "",
  ticket: "",
  typedName: "",
  ...part,
});
const preflight = (...levels: PreflightFinding["level"][]): Preflight => ({
  findings: levels.map((level) => ({ id: level, level, text: level, mend: null })),
  estimates: [],
  disks: null,
});

describe("the button", () => {
  test.each([
    [form(), online, "Start"],
    [form({ start: "wake" }), online, "Wake or power on by hand"],
    [form(), offline, "Wake or power on by hand"],
    [form({ nonDestructive: false }), online, "Overwrite disks and start"],
    [form({ nonDestructive: false }), offline, "Overwrite disks and start"],
  ])("says what it does (%o)", (given, host, words) => {
    expect(startWords(given, host)).toBe(words);
  });
});

test("a host whose reporter is silent is woken, whatever was chosen before", () => {
  expect(startOf(form(), offline)).toBe("wake");
  expect(startRequest(form(), offline).start).toBe("wake");
});

test("what was left empty is not sent, and spaces around a name are not either", () => {
  expect(startRequest(form({ operator: "  ", ticket: " LAB-9 " }), online)).toEqual({
    profile: "quick",
    nonDestructive: true,
    start: "reporter",
    afterPass: "power_off",
    ticket: "LAB-9",
  });
});

describe("the focus goes to the first thing that is wrong", () => {
  const destructive = form({ nonDestructive: false, typedName: "ori" });
  test.each([
    [form(), null, null],
    [form(), preflight("warn", "info"), null],
    [form(), preflight("stop"), "findings"],
    [destructive, preflight("stop"), "findings"],
    [destructive, null, "name"],
    [{ ...destructive, typedName: " orion " }, null, null],
  ])("%#", (given, found, wrong) => {
    expect(firstWrong(given, online, found)).toBe(wrong);
  });
});

describe("a profile", () => {
  test("tells what it does from what it sets, and destructive what it writes", () => {
    expect(whatItDoes(BUILT_IN_PROFILES.quick, true)).toEqual([
      "short self-test of the drives",
      "processors 3 min 00, then memory 3 min 00",
      "disks read 30 s each way",
      "network 30 s each way",
      "all at once 5 min 00",
    ]);
    expect(whatItDoes(BUILT_IN_PROFILES.deep, false)[2]).toBe(
      "disks written 10 min 00 and badblocks over spinning ones",
    );
    expect(whatItDoes({ Newer: {} }, true)).toEqual([]);
  });

  test("tells how long it takes here, and on what that stands", () => {
    const past = { profile: "quick", seconds: 1281, basis: "past" } as const;
    expect(estimateWords({ ...past, runs: 3 })).toEqual({
      time: "about 21 min 21 on this host",
      basis: "median of 3 runs",
    });
    expect(estimateWords({ ...past, runs: 1 }).basis).toBe("its last run took that long");
    expect(estimateWords({ ...past, basis: "profile", runs: 0 })).toEqual({
      time: "at least 21 min 21",
      basis: "what it sets; this host has not run it yet",
    });
  });
});
