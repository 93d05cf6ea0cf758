import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endLeftovers, markedProcesses } from "../../../agent/tools/process-group.ts";
import { createRunCommand } from "../../../agent/tools/run-command.ts";

/** Small real programs, each with one bad habit. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "says-both": 'echo out "$@"; echo err >&2; exit 3',
  "sleeps-long": "echo started; exec sleep 60",
  "ignores-term": 'trap "" TERM; echo started; while :; do sleep 0.05; done',
  "has-grandchildren": "sleep 60 & (sleep 60 & sleep 60) & echo started; wait",
  "leaves-child-behind": "sleep 60 & echo leader done",
  "child-leaves-group": "setsid sleep 60 & echo leader done",
  "child-holds-out": "setsid sleep 60 & echo started; wait",
  "kills-itself": "kill -KILL $$",
  "talks-much":
    'i=0; while [ $i -lt 2000 ]; do echo "line $i of a program that talks"; i=$((i+1)); done',
  "unfinished-line": 'printf "one\\ntwo\\r\\nthree"',
  "shows-oom-score": "cat /proc/self/oom_score_adj; nice",
  "shows-environment": 'echo "$LC_ALL $EXTRA"',
  "reads-stdin": "cat; echo end of input",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vetting-run-command-"));
  for (const [name, body] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, "not-executable"), "#!/bin/sh\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A runner with an owner of its own, so that what it left running can be counted. */
function runner() {
  const owner = `test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const run = createRunCommand({ path: `${folder}:${process.env.PATH}`, owner });
  return { run, owner, running: () => markedProcesses(owner).length };
}

describe("a program that ends by itself", () => {
  test("hands back exit code, both streams apart, and the time it took", async () => {
    const { run } = runner();
    const result = await run("says-both", ["a b", "c"]);
    expect(result).toMatchObject({
      tool: "says-both",
      args: ["a b", "c"],
      outcome: "exited",
      exitCode: 3,
      signal: null,
      stdout: "out a b c\n",
      stderr: "err\n",
      truncated: false,
    });
    expect(result.elapsedS).toBeGreaterThan(0);
    expect(result.elapsedS).toBeLessThan(5);
  });

  test("hands on each line as it comes, with its stream, and the last one without a line end", async () => {
    const { run } = runner();
    const lines: string[] = [];
    await run("unfinished-line", [], { onLine: (line, stream) => lines.push(`${stream}:${line}`) });
    await run("says-both", ["x"], { onLine: (line, stream) => lines.push(`${stream}:${line}`) });
    expect(lines.slice(0, 3)).toEqual(["stdout:one", "stdout:two", "stdout:three"]);
    expect(lines.slice(3).sort()).toEqual(["stderr:err", "stdout:out x"]);
  });

  test("killed by somebody else is signalled, with no exit code", async () => {
    const { run } = runner();
    expect(await run("kills-itself", [])).toMatchObject({
      outcome: "signalled",
      exitCode: null,
      signal: "SIGKILL",
    });
  });

  test("keeps the end of long output and says that there was more", async () => {
    const { run } = runner();
    const result = await run("talks-much", [], { maxOutputBytes: 1000 });
    expect(result.truncated).toBe(true);
    expect(result.stdout).toHaveLength(1000);
    expect(result.stdout.endsWith("line 1999 of a program that talks\n")).toBe(true);
  });

  test("gets the C locale, what the caller adds, and an empty standard input", async () => {
    const { run } = runner();
    const shown = await run("shows-environment", [], { env: { EXTRA: "more" } });
    expect(shown.stdout).toBe("C more\n");
    expect((await run("reads-stdin", [])).stdout).toBe("end of input\n");
  });
});

describe("a program that cannot be started", () => {
  test("a missing tool is a value, not an exception", async () => {
    const { run } = runner();
    expect(await run("no-such-tool", ["-x"])).toMatchObject({
      tool: "no-such-tool",
      outcome: "tool-missing",
      exitCode: null,
      stdout: "",
    });
  });

  test("a file without the executable bit is no tool", async () => {
    const { run } = runner();
    expect((await run("not-executable", [])).outcome).toBe("tool-missing");
  });

  test("a program that the kernel cannot start is spawn-failed", async () => {
    const broken = join(folder, "broken");
    writeFileSync(broken, "#!/no/such/interpreter\n");
    chmodSync(broken, 0o755);
    const result = await runner().run("broken", []);
    expect(result.outcome).toBe("spawn-failed");
    expect(result.stderr).not.toBe("");
  });

  test("nothing starts under a signal that has been aborted already", async () => {
    const { run } = runner();
    const result = await run("says-both", [], { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: "aborted", stdout: "" });
  });
});

describe("ending a program", () => {
  /** Starts it, aborts once it said `started`, and says how long the end took. */
  async function abortOnceStarted(program: string) {
    const { run, running } = runner();
    const abort = new AbortController();
    const started = Promise.withResolvers<void>();
    const pending = run(program, [], {
      signal: abort.signal,
      onLine: (line) => {
        if (line === "started") started.resolve();
      },
    });
    await started.promise;
    // Asked until it is so: a process in the middle of execve has no environment to be known by.
    await expect.poll(running, { interval: 5 }).toBeGreaterThan(0);
    const abortedAt = performance.now();
    abort.abort();
    const result = await pending;
    return { result, running, tookMs: performance.now() - abortedAt };
  }

  test.each(["sleeps-long", "ignores-term", "has-grandchildren", "child-holds-out"])(
    "%s: after an abort everything is gone within 2 s",
    async (program) => {
      const { result, running, tookMs } = await abortOnceStarted(program);
      expect(result.outcome).toBe("aborted");
      expect(result.exitCode).toBeNull();
      expect(result.stdout).toContain("started");
      expect(running()).toBe(0);
      expect(tookMs).toBeLessThan(2000);
    },
  );

  test("SIGTERM is tried before SIGKILL", async () => {
    expect((await abortOnceStarted("sleeps-long")).result.signal).toBe("SIGTERM");
    expect((await abortOnceStarted("ignores-term")).result.signal).toBe("SIGKILL");
  });

  test("past its budget it is ended as timed-out, and a later abort does not change the reason", async () => {
    const { run, running } = runner();
    const abort = new AbortController();
    const pending = run("ignores-term", [], { timeoutS: 0.3, signal: abort.signal });
    setTimeout(() => abort.abort(), 600);
    const result = await pending;
    expect(result.outcome).toBe("timed-out");
    expect(result.elapsedS).toBeGreaterThan(0.29);
    expect(running()).toBe(0);
  });

  test.each(["leaves-child-behind", "child-leaves-group"])(
    "%s: what the leader leaves behind ends with it",
    async (program) => {
      const { run, running } = runner();
      const result = await run(program, []);
      expect(result).toMatchObject({ outcome: "exited", exitCode: 0, stdout: "leader done\n" });
      expect(result.elapsedS).toBeLessThan(2);
      expect(running()).toBe(0);
    },
  );

  test("an abort after the end changes nothing", async () => {
    const { run } = runner();
    const abort = new AbortController();
    const result = await run("says-both", [], { signal: abort.signal });
    abort.abort();
    expect(result.outcome).toBe("exited");
  });
});

describe("living through what it runs", () => {
  test("an expendable program is first for the OOM killer and runs at low priority", async () => {
    const { run } = runner();
    expect((await run("shows-oom-score", [], { expendable: true })).stdout).toBe("1000\n5\n");
  });

  test("without choom and nice an expendable program runs all the same", async () => {
    const run = createRunCommand({
      lookPath: (tool) => (tool === "says-both" ? join(folder, tool) : null),
    });
    expect((await run("says-both", ["x"], { expendable: true })).stdout).toBe("out x\n");
  });

  test("leftovers of an earlier agent are found by their owner and killed, nobody else's", async () => {
    const first = runner();
    const other = runner();
    const started = [first.run("sleeps-long", []), first.run("child-holds-out", [])];
    const abort = new AbortController();
    const bystander = other.run("sleeps-long", [], { signal: abort.signal });
    await expect.poll(first.running).toBeGreaterThanOrEqual(3);
    await expect.poll(other.running).toBe(1);
    expect(endLeftovers(first.owner)).toBeGreaterThanOrEqual(3);
    for (const result of await Promise.all(started)) expect(result.outcome).toBe("signalled");
    expect(first.running()).toBe(0);
    expect(other.running()).toBe(1);
    abort.abort();
    expect((await bystander).outcome).toBe("aborted");
  });
});
