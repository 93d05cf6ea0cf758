import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { doctorResponseSchema } from "../../../contract/console-api.ts";
import { doctorCommand } from "../../../server/doctor/doctor-command.ts";
import { doctorTable, wrapped } from "../../../server/doctor/doctor-table.ts";
import { consoleOf } from "../../../server/doctor/this-machine.ts";
import type { Settings } from "../../../server/settings.ts";
import { doctorOf, healthy } from "./healthy.ts";

const look = { columns: 60, colour: false };

function temporaryDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "vetting-doctor-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The command over a healthy machine, but for what is given; with all that it printed. */
async function command(json: boolean, patch: Partial<ReturnType<typeof healthy>> = {}) {
  const facts = healthy();
  const directory = temporaryDir();
  const settings: Settings = {
    config: facts.config,
    configFile: null,
    ownConfigFile: "",
    dataDir: join(directory, "not", "yet"),
    databaseFile: "",
    bootDir: directory,
    agentFile: "",
    rendererDir: "",
    reporterDir: "",
    version: "0.1.0",
  };
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const out = { write, columns: 60 };
  const { ownPorts: _own, freeDiskBytes: _free, dataDir: _data, ...machine } = facts;
  const code = await doctorCommand(settings, json, out, { ...machine, ...patch });
  return { code, printed };
}

describe("--doctor", () => {
  test("ends with 0 when nothing fails, and says so", async () => {
    const { code, printed } = await command(false);
    expect(code).toBe(0);
    expect(printed).toContain("✓ in order: Lab address\n    10.20.0.1 on eth1, a fixed address.\n");
    expect(printed).toContain("UDP 67 can be bound.");
    expect(printed.trimEnd().split("\n").at(-1)).toMatch(/^Nothing is in the way \(18 of 18/);
  });

  test("ends with 1 when something fails", async () => {
    const { code, printed } = await command(false, { agentBuilt: () => false });
    expect(code).toBe(1);
    expect(printed).toContain("✗ in the way: Agent");
    expect(printed).toContain("    → npm start\n");
    expect(printed).toContain("1 of 18 is in the way.");
  });

  test("with --json prints the same answer as the API, in one line", async () => {
    const { code, printed } = await command(true);
    expect(code).toBe(0);
    expect(printed.trimEnd()).not.toContain("\n");
    const response = doctorResponseSchema.parse(JSON.parse(printed));
    expect(response.ok).toBe(true);
    expect(response.labUrl).toBe("http://10.20.0.1:8421");
  });

  test("before the first start, the disk is that where the data will lie", async () => {
    const { printed } = await command(true);
    const { checks } = doctorResponseSchema.parse(JSON.parse(printed));
    const disk = checks.find(({ id }) => id === "disk");
    expect(disk?.detail).toMatch(/^\d+ MiB are free for .*not\/yet/);
  });
});

describe("the table", () => {
  test("has a word beside every sign, for those who see no colour", async () => {
    const response = await doctorOf({
      deps: { iperf3: () => null, agentBuilt: () => false },
    });
    const text = doctorTable(response, look);
    expect(text).toContain("! warning: Network test peer");
    expect(text).toContain("✗ in the way: Agent");
    expect(text).toContain("1 of 18 is in the way, 1 warning.");
    expect(text).not.toContain("\u001b");
    expect(doctorTable(response, { ...look, colour: true })).toContain("\u001b[31m✗ in the way");
  });

  test("is wrapped to the terminal, but a mend is never broken: it is there to be copied", async () => {
    const mendIn = async (columns: number) => {
      const response = await doctorOf({
        deps: {
          privilege: () => ({
            ...{ platform: "linux", mayBindLowPorts: false, unprivilegedPortStart: 1024 },
            unit: null,
          }),
        },
      });
      return doctorTable(response, { columns, colour: false }).split("\n");
    };
    const lines = await mendIn(60);
    const mends = lines.filter((line) => line.startsWith("    → "));
    expect(mends).toHaveLength(1);
    expect(mends[0]?.length).toBeGreaterThan(60);
    for (const line of lines.filter((it) => !mends.includes(it))) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  test("lists the interfaces to pick from", async () => {
    const text = doctorTable(await doctorOf(), look);
    expect(text).toContain("eth1 10.20.0.1, 52:54:00:12:34:56, link up, 10000 Mbit/s");
  });

  test("keeps a word that is longer than a line whole", () => {
    expect(wrapped("aa bbbbbbbb cc dd", 5)).toEqual(["aa", "bbbbbbbb", "cc dd"]);
  });
});

describe("the console beside which it runs", () => {
  test("is known by the process number in its data directory, while that lives", () => {
    const directory = temporaryDir();
    expect(consoleOf(directory)).toBeNull();
    writeFileSync(join(directory, "console.pid"), "1\n");
    expect(consoleOf(directory)).toBe(1);
    expect(consoleOf(directory, () => false)).toBeNull();
    writeFileSync(join(directory, "console.pid"), `${process.pid}\n`);
    expect(consoleOf(directory)).toBeNull();
    writeFileSync(join(directory, "console.pid"), "junk");
    expect(consoleOf(directory)).toBeNull();
  });
});
