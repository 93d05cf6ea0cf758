import { describe, expect, test } from "vitest";
import type { DoctorResponse } from "../../contract/console-api.ts";
import { parseRoute } from "../../renderer/route.ts";
import { readPreferences } from "../../renderer/shell/preferences.ts";
import { servicesOf, troubles } from "../../renderer/shell/services.ts";
import { TUNES } from "../../renderer/shell/sounds.ts";
import { screenTitle } from "../../renderer/shell/use-screen.ts";
import { DOCTOR, summary } from "../fakes/console-data.ts";

describe("preferences", () => {
  test("begin with the system's theme, without sounds", () => {
    expect(readPreferences(undefined)).toEqual({
      theme: "system",
      sounds: false,
      hostsView: "tiles",
      operator: "",
    });
  });

  test("keep what is valid and give up what is not", () => {
    const stored = { theme: "purple", sounds: true, hostsView: "list", extra: 1 };
    expect(readPreferences(stored)).toEqual({
      theme: "system",
      sounds: true,
      hostsView: "list",
      operator: "",
    });
    expect(readPreferences("damaged").theme).toBe("system");
  });
});

describe("the window's title", () => {
  const title = (hash: string, holding = 0) => screenTitle(parseRoute(hash), summary(), holding);

  test("says where one is", () => {
    expect(title("#/")).toBe("Hosts – Vetting");
    expect(title("#/runs?host=3")).toBe("Runs – Vetting");
    expect(title("#/checks")).toBe("Checks – Vetting");
    expect(title("#/compare/3/4")).toBe("Runs 3 and 4 compared – Vetting");
  });

  test("names the run's host and how it stands, as soon as it is known", () => {
    expect(title("#/runs/7/log")).toBe("orion: Passed, run 7 – Vetting");
    expect(title("#/runs/9")).toBe("Run 9 – Vetting");
  });

  test("first of all says how many hosts hold", () => {
    expect(title("#/", 2)).toBe("(2 holding) Hosts – Vetting");
  });
});

describe("the lab's services", () => {
  const service = (id: string, port: number | null, on = true) =>
    ({ id, name: id, protocol: "udp", port, on }) as DoctorResponse["services"][number];

  test("run, do not run, or are switched off; the image has the day that it was built", () => {
    const services = [
      service("http", 8421),
      service("dhcp", null),
      service("pxe", null),
      service("tftp", null, false),
    ];
    const states = servicesOf({ ...DOCTOR, services });
    expect(states.map(({ name, word }) => `${name} ${word}`)).toEqual([
      "HTTP runs",
      "ProxyDHCP does not run",
      "TFTP is switched off",
      "Image 2026-03-01 is not whole",
    ]);
    expect(new Set(states.map(({ icon }) => icon)).size).toBe(3);
  });

  test("are counted by what is in the way and what only warns", () => {
    expect(troubles(DOCTOR)).toEqual({ fail: 1, warn: 1 });
  });
});

describe("sounds", () => {
  test("differ from each other in more than their length", () => {
    const melodies = Object.values(TUNES).map((notes) => notes.map(([hz]) => hz).join(" "));
    expect(new Set(melodies).size).toBe(4);
  });

  test("a failure falls and a pass rises", () => {
    const pitches = (kind: keyof typeof TUNES) => TUNES[kind].map(([hz]) => hz);
    expect(pitches("failed")).toEqual([...pitches("failed")].sort((a, b) => b - a));
    expect(pitches("pass")).toEqual([...pitches("pass")].sort((a, b) => a - b));
  });
});
