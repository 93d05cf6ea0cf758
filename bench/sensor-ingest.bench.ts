import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Database from "better-sqlite3";
import type { HostSummary } from "../contract/console-api.ts";
import { openDatabase } from "../server/db/open.ts";
import { ConsoleProcess } from "../test/e2e/console-process.ts";
import { ScriptedAgent } from "../test/e2e/scripted-agent.ts";
import { median, report } from "./harness.ts";

/**
 * Samples through the whole path (HTTP, validation, thresholds, commit, answer) against the same rows put straight
 * into the same table with batched better-sqlite3 inserts: same schema, same durability, same machine, same run.
 */
const SAMPLES_PER_POST = 500;
const POSTS = 400;
const CONNECTIONS = 16;
const ROUNDS = 5;
const SENSORS = 20;
const START = Date.parse("2026-01-01T00:00:00Z");

interface Row {
  readonly sequence: number;
  readonly t: number;
  readonly sensor: number;
  readonly value: number;
}
const rowAt = (sequence: number): Row => ({
  sequence,
  t: START + Math.floor(sequence / SENSORS) * 100,
  sensor: sequence % SENSORS,
  value: 40 + (sequence % 37),
});

/** The bodies of one round, made beforehand: the client's own work is not what is measured. */
function bodiesFrom(first: number): string[] {
  return Array.from({ length: POSTS }, (_, post) => {
    const samples = Array.from({ length: SAMPLES_PER_POST }, (_, index) => {
      const row = rowAt(first + post * SAMPLES_PER_POST + index);
      return {
        sequence: row.sequence,
        stage: "Inventory",
        t: new Date(row.t).toISOString(),
        sensor: `bench.sensor[${row.sensor}]`,
        value: row.value,
        unit: "Cel",
      };
    });
    return JSON.stringify({ samples });
  });
}

function post(url: URL, agent: Agent, token: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function throughHttp(url: URL, token: string, bodies: string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const queue = [...bodies];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
        const status = await post(url, agent, token, body);
        if (status !== 200) throw new Error(`POST sensor answered ${status}`);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return (bodies.length * SAMPLES_PER_POST) / seconds;
}

/** The peer: the console's own table, filled in transactions of as many rows as the console commits at once. */
function rawInserts(db: Database.Database, runId: number, first: number): number {
  const columns = db.prepare("SELECT name, type FROM pragma_table_info('samples')").all() as {
    name: string;
  }[];
  const names = columns.map(({ name }) => name);
  const known: Record<string, (row: Row) => number | null> = {
    run_id: () => runId,
    sequence: (row) => row.sequence,
    sensor_id: (row) => row.sensor + 1,
    t_ms: (row) => row.t,
    received_ms: (row) => row.t,
    value: (row) => row.value,
  };
  const insert = db.prepare(
    `INSERT INTO samples (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  const values = (row: Row) => names.map((name) => known[name]?.(row) ?? STAGE[name] ?? null);
  const batch = db.transaction((rows: (number | string | null)[][]) => {
    for (const row of rows) insert.run(row);
  });
  const batches = Array.from({ length: (POSTS * SAMPLES_PER_POST) / 1000 }, (_, index) =>
    Array.from({ length: 1000 }, (_, offset) => values(rowAt(first + index * 1000 + offset))),
  );
  const began = performance.now();
  for (const rows of batches) batch(rows);
  return (POSTS * SAMPLES_PER_POST) / ((performance.now() - began) / 1000);
}
/** Columns that are neither numbers of ours nor nullable. */
const STAGE: Readonly<Record<string, string>> = { stage: "Inventory" };

const folder = mkdtempSync(join(tmpdir(), "vetting-bench-"));
const console_ = await new ConsoleProcess("127.0.0.1").start();
try {
  const mac = "52:54:00:be:c4:01";
  const { body: host } = await console_.api<HostSummary>("POST", "hosts", { mac });
  const { runId } = await console_.startRun(host.id, { start: "wake" });
  const agent = new ScriptedAgent(console_, mac, "live-1");
  const { runToken } = await agent.claim();
  const url = new URL("/api/agent/v1/sensor", console_.labUrl);

  const raw = openDatabase(join(folder, "raw.db"));
  raw.pragma("foreign_keys = OFF");
  const ours: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = 1 + round * POSTS * SAMPLES_PER_POST;
    peers.push(rawInserts(raw, runId, first));
    ours.push(await throughHttp(url, runToken, bodiesFrom(first)));
  }
  raw.close();
  const { sensors } = await console_.run(runId);
  const stored = sensors.reduce((sum, { samples }) => sum + samples, 0);
  const sent = ROUNDS * POSTS * SAMPLES_PER_POST;
  if (stored !== sent) throw new Error(`${sent} samples were acknowledged, ${stored} are stored.`);
  report("sensor-ingest", [
    { what: "raw batched better-sqlite3 inserts", value: median(peers), unit: "samples/s" },
    {
      what: `POST sensor, ${CONNECTIONS} connections`,
      value: median(ours),
      unit: "samples/s",
      ratio: median(ours) / median(peers),
      aim: "half of raw",
    },
    { what: "samples stored and acknowledged", value: stored, unit: "" },
  ]);
} finally {
  await console_.end();
  rmSync(folder, { recursive: true, force: true });
}
