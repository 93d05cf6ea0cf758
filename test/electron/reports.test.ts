import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { REPORT_KINDS } from "../../contract/desktop-api.ts";
import { OwnConsole } from "../../electron/own-console.ts";
import { Reports } from "../../electron/reports.ts";
import { newElectron } from "./new-electron.ts";
import type { StandInOptions } from "./stand-in/electron.ts";

/** Run 7 is of a host with an awkward name; its JSON lines break off. */
const ANSWERS: Readonly<Record<string, string | null>> = {
  "/api/v1/runs/7": '{"hostName":"rack 3/orion: left"}',
  "/api/v1/runs/7/report.html": "<!doctype html><title>Report</title>",
  "/api/v1/runs/7/report.junit.xml": "<testsuites/>",
  "/api/v1/runs/7/report.jsonl": null,
};

let dir: string;
let server: Server;
let consoleUrl: string;
let tokens: (string | undefined)[];
let asked: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vetting-reports-"));
  tokens = [];
  server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    const answer = ANSWERS[request.url ?? ""];
    if (answer === undefined) {
      response.writeHead(404, { "content-type": "application/problem+json" });
      response.end(
        JSON.stringify({ type: "x", title: "Not found", status: 404, detail: "No such run: 8." }),
      );
    } else if (answer === null) {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"sequenceNumber":0}\n', () => response.destroy());
    } else response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  consoleUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=secret`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

function newReports(options: Partial<StandInOptions> = {}) {
  asked = [];
  const lab = newElectron({
    // The stand-in's own fetch, with the headers that the shell gives.
    load: async (url, headers) => (await fetch(url, { headers })).status,
    saveTo: (defaultPath) => {
      asked.push(defaultPath);
      return join(dir, defaultPath.split("/").at(-1) ?? "");
    },
    ...options,
  });
  const reports = new Reports(lab.electron, {
    ownConsole: new OwnConsole(consoleUrl),
    window: () => null,
  });
  return { lab, reports };
}

describe("saving a report", () => {
  test.each([
    ["html", "vetting-rack-3-orion-left-run-7.html", "<!doctype html><title>Report</title>"],
    ["junit", "vetting-rack-3-orion-left-run-7.junit.xml", "<testsuites/>"],
  ] as const)(
    "as %s writes what the console sends, under a name that says which",
    async (kind, name, text) => {
      const { reports } = newReports();
      const path = join(dir, name);
      expect(await reports.save({ runId: 7, kind })).toEqual({ kind: "saved", path });
      expect(readFileSync(path, "utf8")).toBe(text);
      expect(asked).toEqual([`/documents/${name}`]);
      expect(new Set(tokens)).toEqual(new Set(["Bearer secret"]));
    },
  );

  test("as pdf prints the report from a window that nobody sees and that is gone after", async () => {
    const { lab, reports } = newReports();
    const path = join(dir, "vetting-rack-3-orion-left-run-7.pdf");
    expect(await reports.save({ runId: 7, kind: "pdf" })).toEqual({ kind: "saved", path });
    expect(readFileSync(path, "utf8")).toMatch(/^%PDF-1\.7 of .*\/api\/v1\/runs\/7\/report\.html$/);
    expect(lab.windows).toEqual([]);
    expect(tokens).toEqual(["Bearer secret", "Bearer secret"]);
  });

  test.each(REPORT_KINDS)("as %s: a dialog that is cancelled writes nothing", async (kind) => {
    const { reports } = newReports({ saveTo: () => null });
    expect(await reports.save({ runId: 7, kind })).toEqual({ kind: "cancelled" });
    expect(readdirSync(dir)).toEqual([]);
  });

  test("the next one is offered where the last one went", async () => {
    const { reports } = newReports();
    await reports.save({ runId: 7, kind: "html" });
    await reports.save({ runId: 7, kind: "junit" });
    expect(asked[1]).toBe(join(dir, "vetting-rack-3-orion-left-run-7.junit.xml"));
  });

  test("of a run that is not there fails in the console's words, without a dialog", async () => {
    const { reports } = newReports();
    expect(await reports.save({ runId: 8, kind: "pdf" })).toEqual({
      kind: "failed",
      detail: "No such run: 8.",
    });
    expect(asked).toEqual([]);
  });

  test("that breaks off leaves no half of it, and what was there before", async () => {
    const { reports } = newReports();
    const path = join(dir, "vetting-rack-3-orion-left-run-7.jsonl");
    writeFileSync(path, "the last one");
    expect(await reports.save({ runId: 7, kind: "jsonl" })).toMatchObject({
      kind: "failed",
      detail: expect.stringMatching(/^The file could not be written: .+\.$/),
    });
    expect(readFileSync(path, "utf8")).toBe("the last one");
    expect(readdirSync(dir)).toHaveLength(1);
  });

  test("to where nothing can be written fails in words", async () => {
    const { reports } = newReports({ saveTo: () => join(dir, "no/such/folder/x.html") });
    expect(await reports.save({ runId: 7, kind: "html" })).toMatchObject({ kind: "failed" });
    expect(existsSync(join(dir, "no"))).toBe(false);
  });

  test("a console that does not answer says so", async () => {
    const { reports } = newReports();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await reports.save({ runId: 7, kind: "html" })).toMatchObject({
      kind: "failed",
      detail: expect.stringMatching(/^The console did not answer \(.*ECONNREFUSED.*\)\.$/),
    });
  });
});

test("a report in a window of its own is fenced in like the page and has no preload", async () => {
  const { lab, reports } = newReports();
  reports.show("/api/v1/runs/7/report.html");
  const preferences = lab.windows[0]?.options.webPreferences;
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true });
  expect(preferences).not.toHaveProperty("preload");
  await expect.poll(() => lab.windows[0]?.webContents.url).toMatch(/\/runs\/7\/report\.html$/);
  expect(tokens).toEqual(["Bearer secret"]);
});
