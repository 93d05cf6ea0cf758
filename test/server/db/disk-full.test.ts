import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isDiskFull } from "../../../server/db/disk-full.ts";
import { openDatabase } from "../../../server/db/open.ts";
import type { Store } from "../../../server/run/ports.ts";
import { addRun, openStore, samples, T0, tempDir } from "./temp-store.ts";

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

/** Commits batches of 200 samples until one fails; returns the last sequence that was acknowledged. */
function fill(store: Store, runId: number): { acknowledged: number; error: unknown } {
  let acknowledged = store.answers.nextSequence(runId) - 1;
  for (;;) {
    const batch = samples(acknowledged + 1, acknowledged + 200);
    const error = errorOf(() =>
      store.transaction(() => store.samples.insert(runId, null, batch, T0)),
    );
    if (error !== null) return { acknowledged, error };
    acknowledged += 200;
  }
}

describe("a full disk", () => {
  test("is told from every other error", () => {
    const { db } = openStore();
    expect(isDiskFull(Object.assign(new Error("x"), { code: "ENOSPC" }))).toBe(true);
    expect(isDiskFull(new Error("outer", { cause: { code: "SQLITE_FULL" } }))).toBe(false);
    expect(isDiskFull(errorOf(() => db.exec("nonsense")))).toBe(false);
    expect(isDiskFull("SQLITE_FULL")).toBe(false);
    expect(isDiskFull(null)).toBe(false);
  });

  test("fails the transaction as a whole, keeps all that was acknowledged, and recovers", () => {
    const { db, store, file } = openStore();
    const { run } = addRun(store, { state: "CPUStress" });
    const pages = db.pragma("page_count", { simple: true }) as number;
    db.pragma(`max_page_count = ${pages + 30}`);
    const { acknowledged, error } = fill(store, run.id);
    expect(isDiskFull(error)).toBe(true);
    expect(acknowledged).toBeGreaterThan(200);
    const count = "SELECT count(*) FROM samples WHERE run_id = ?";
    expect(db.inTransaction).toBe(false);
    expect(db.prepare(count).pluck().get(run.id)).toBe(acknowledged);
    expect(store.samples.sensors(run.id)[0]?.samples).toBe(acknowledged);
    expect(openStore(file).db.prepare(count).pluck().get(run.id)).toBe(acknowledged);

    db.pragma("max_page_count = 1000000");
    const again = samples(acknowledged + 1, acknowledged + 200);
    expect(store.samples.insert(run.id, null, again, T0)).toHaveLength(200);
  });

  const mountable =
    process.platform === "linux" &&
    spawnSync("unshare", ["--mount", "true"]).status === 0 &&
    process.getuid?.() === 0;
  // Where no file system may be mounted, the page limit above is what stands for it.
  test.runIf(mountable)("of a real file system does the same, and opening says so", () => {
    const directory = tempDir();
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", directory]);
    expect(mount.status, mount.stderr.toString()).toBe(0);
    onTestFinished(() => void spawnSync("umount", ["-l", directory]));
    const { db, store } = openStore(join(directory, "vetting.db"));
    const { run } = addRun(store, { state: "CPUStress" });
    const ballast = join(directory, "ballast");
    writeFileSync(ballast, Buffer.alloc(700 * 1024));
    const { acknowledged, error } = fill(store, run.id);
    expect(error).toMatchObject({ code: expect.stringMatching(/^SQLITE_/) });
    expect(isDiskFull(error)).toBe(true);
    expect(acknowledged).toBeGreaterThan(200);
    expect(store.samples.sensors(run.id)[0]?.samples).toBe(acknowledged);

    const free = statfsSync(directory);
    writeFileSync(join(directory, "rest"), Buffer.alloc(free.bavail * free.bsize));
    const unusable = errorOf(() => openDatabase(join(directory, "second.db")));
    expect(unusable).toMatchObject({ name: "DatabaseUnusable", kind: "disk-full" });
    expect(readdirSync(directory)).toContain("vetting.db");

    rmSync(ballast);
    const batch = samples(acknowledged + 1, acknowledged + 200);
    expect(store.samples.insert(run.id, null, batch, T0)).toHaveLength(200);
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  });
});
