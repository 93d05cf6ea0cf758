import { appendFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Spool, type SpoolOptions } from "../../agent/spool.ts";
import { temporaryFolder } from "./agent-rig.ts";

function open(folder: string, options: SpoolOptions = {}, runId = 7): Spool {
  const spool = new Spool(folder, runId, options);
  onTestFinished(() => spool.close());
  return spool;
}

test("what waits is there again after a restart, in order, with its sequences and its text", () => {
  const folder = temporaryFolder();
  const before = open(folder);
  before.append("sensor", 1, 3, '{"samples":["ä","b","c"]}');
  before.append("log", 4, 4, '{"lines":["x"]}');
  const result = before.append("result", 5, 5, '{"sequence":5}');
  before.remove(before.head()!);

  const after = open(folder);
  expect(after.entries.map(({ kind, first, last }) => [kind, first, last])).toEqual([
    ["log", 4, 4],
    ["result", 5, 5],
  ]);
  expect(after.read(after.head()!)).toBe('{"lines":["x"]}');
  expect(after.read(result)).toBe('{"sequence":5}');
  expect(after.nextSequence).toBe(6);
});

test("an empty spool still knows how far the numbers went", () => {
  const folder = temporaryFolder();
  const before = open(folder);
  before.append("log", 1, 40, "{}");
  before.remove(before.head()!);
  expect(before.nextSequence).toBe(41);
  expect(open(folder).nextSequence).toBe(41);
  expect(open(folder).head()).toBeNull();
});

test("the greater of both counts: the console's next sequence or the spool's own", () => {
  const spool = open(temporaryFolder());
  spool.reserve(12);
  expect(spool.nextSequence).toBe(12);
  spool.append("log", 12, 20, "{}");
  spool.reserve(15);
  expect(spool.nextSequence).toBe(21);
});

test("a line that was cut by a crash is left out, and the next one is not glued to it", () => {
  const folder = temporaryFolder();
  open(folder).append("log", 1, 1, '{"whole":true}');
  appendFileSync(join(folder, "spool-7.jsonl"), '{"kind":"log","first":2,"la');
  const spool = open(folder);
  expect(spool.entries).toHaveLength(1);
  spool.append("log", 2, 2, '{"again":true}');
  const texts = open(folder).entries.map((entry) => spool.read(entry));
  expect(texts).toEqual(['{"whole":true}', '{"again":true}']);
});

test("beyond its bound the oldest samples go first, then the oldest lines; all is counted, results stay", () => {
  const spool = open(temporaryFolder(), { maxBytes: 100 });
  const text = "x".repeat(30);
  spool.append("result", 1, 1, text); // the head may be under way
  spool.append("log", 2, 6, text);
  spool.append("sensor", 7, 9, text);
  spool.append("sensor", 10, 11, text);
  expect(spool.givenUp).toEqual({ samples: 3, lines: 0 });
  spool.append("evidence", 12, 12, text);
  spool.append("result", 13, 13, text);
  expect(spool.givenUp).toEqual({ samples: 5, lines: 5 });
  expect(spool.entries.map(({ kind }) => kind)).toEqual(["result", "evidence", "result"]);
});

test("halves take the place of a post that was too large, also after a restart", () => {
  const folder = temporaryFolder();
  const spool = open(folder);
  const large = spool.append("sensor", 1, 4, "large");
  spool.append("result", 5, 5, "result");
  spool.replace(large, [
    { first: 1, last: 2, json: "one" },
    { first: 3, last: 4, json: "two" },
  ]);
  const after = open(folder);
  expect(after.entries.map((entry) => after.read(entry))).toEqual(["one", "two", "result"]);
});

test("the file does not grow with what was acknowledged", () => {
  const folder = temporaryFolder();
  const spool = open(folder);
  const text = "x".repeat(200_000);
  spool.append("result", 1, 1, "first");
  for (let n = 2; n <= 120; n += 1) {
    const entry = spool.append("log", n, n, text);
    spool.remove(entry);
  }
  expect(statSync(join(folder, "spool-7.jsonl")).size).toBeLessThan(10_000_000);
  expect(readdirSync(folder)).toEqual(["spool-7.jsonl"]);
  const after = open(folder);
  expect(after.entries.map((entry) => after.read(entry))).toEqual(["first"]);
  expect(after.nextSequence).toBe(121);
});

test("another run's spool is another file", () => {
  const folder = temporaryFolder();
  open(folder, {}, 7).append("log", 1, 1, "{}");
  expect(open(folder, {}, 8).entries).toEqual([]);
});

test("a disk that takes no more is said, and the artifact is kept in memory", () => {
  const folder = temporaryFolder();
  const said: string[] = [];
  const spool = new Spool(folder, 7, { onProblem: (message) => said.push(message) });
  spool.append("log", 1, 1, "on disk");
  spool.close(); // Every further write fails with EBADF, as it would with ENOSPC.
  const entry = spool.append("result", 2, 2, "in memory");
  expect(said[0]).toMatch(/The spool takes no more/);
  expect(spool.read(entry)).toBe("in memory");
});
