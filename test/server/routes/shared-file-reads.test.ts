import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { SharedFileReads } from "../../../server/routes/shared-file-reads.ts";
import { pattern } from "../netboot/tftp-wire.ts";

const BYTES = pattern(1_500_000);

function image(options: { idleMs?: number; capacityBytes?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "vetting-reads-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "filesystem.squashfs");
  writeFileSync(path, BYTES);
  const reads = new SharedFileReads(options);
  onTestFinished(() => reads.close());
  const read = (start = 0, end = BYTES.length - 1, version = "1") =>
    buffer(reads.stream({ path, version, start, end }));
  return { path, folder, reads, read };
}

test("sixteen readers at once get the file byte for byte", async () => {
  const { read } = image();
  const files = await Promise.all(Array.from({ length: 16 }, () => read()));
  expect(files.every((file) => file.equals(BYTES))).toBe(true);
});

test.each([
  [0, 0],
  [0, 262_143],
  [262_143, 262_144],
  [262_144, 1_499_999],
  [1_499_999, 1_499_999],
])("bytes %i to %i are those of the file, whatever chunks they lie in", async (start, end) => {
  const { read } = image();
  expect((await read(start, end)).equals(BYTES.subarray(start, end + 1))).toBe(true);
});

test("no more is kept than there is room for", async () => {
  const { reads, read } = image({ capacityBytes: 600_000 });
  const files = await Promise.all(Array.from({ length: 4 }, () => read()));
  expect(files.every((file) => file.equals(BYTES))).toBe(true);
  expect(reads.chunks).toBe(2);
});

test("nothing is kept when nobody has read for a while", async () => {
  const { reads, read } = image({ idleMs: 5 });
  await read();
  await expect.poll(() => reads.chunks).toBe(0);
  expect((await read()).equals(BYTES)).toBe(true);
});

test("a reader that goes away early leaves nothing behind", async () => {
  const { path, reads } = image({ idleMs: 5 });
  const stream = reads.stream({ path, version: "1", start: 0, end: BYTES.length - 1 });
  let kept = 0;
  stream.once("data", () => {
    kept = reads.chunks;
    stream.destroy();
  });
  await once(stream, "close");
  expect(kept).toBeGreaterThan(0);
  await expect.poll(() => reads.chunks).toBe(0);
});

test("another version of the file is another file; who reads the old one keeps it", async () => {
  const { path, folder, reads, read } = image();
  const old = reads.stream({ path, version: "1", start: 0, end: BYTES.length - 1 });
  const first = (await old[Symbol.asyncIterator]().next()).value as Buffer;
  expect(first.equals(BYTES.subarray(0, first.length))).toBe(true);
  const next = Buffer.alloc(BYTES.length, "next");
  writeFileSync(join(folder, "new"), next);
  renameSync(join(folder, "new"), path);
  expect((await read(0, BYTES.length - 1, "2")).equals(next)).toBe(true);
  expect((await read(0, BYTES.length - 1, "1")).equals(BYTES)).toBe(true);
});

test("a file that is not there, or has become shorter, is an error of the stream", async () => {
  const { path, reads, read } = image();
  const missing = reads.stream({ path: `${path}.no`, version: "1", start: 0, end: 9 });
  await expect(buffer(missing)).rejects.toThrow("ENOENT");
  truncateSync(path, 1000);
  await expect(read()).rejects.toThrow("ends before its byte 1499999");
});
