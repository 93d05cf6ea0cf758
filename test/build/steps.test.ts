import { describe, expect, test } from "vitest";
import { commandStep, runCommandLine, runSteps, type Step } from "../../build/steps.ts";

const cwd = process.cwd();
const step = (name: string, run: Step["run"]): Step => ({ name, run });

describe("steps", () => {
  test("one that fails or throws does not stop the next, and both are listed", async () => {
    const ran: string[] = [];
    const failed = await runSteps(
      [
        step("first", async () => "two errors"),
        step("second", async () => {
          throw new Error("no such bundler");
        }),
        step("third", async () => {
          ran.push("third");
          return null;
        }),
      ],
      () => {},
    );
    expect(failed).toEqual([
      { name: "first", why: "two errors" },
      { name: "second", why: "no such bundler" },
    ]);
    expect(ran).toEqual(["third"]);
  });

  test("each is printed with its outcome and its duration", async () => {
    const lines: string[] = [];
    await runSteps([step("types", async () => null), step("lint", async () => "exit 1")], (line) =>
      lines.push(line),
    );
    expect(lines[1]).toMatch(/^-- types: good \(\d+\.\d s\)$/);
    expect(lines[3]).toMatch(/^-- lint: FAILED \(\d+\.\d s\): exit 1$/);
  });
});

describe("a step that is a command", () => {
  const node = (script: string) => [process.execPath, "-e", script] as const;

  test("is good when it exits 0, and gets its environment", async () => {
    const check = node("process.exit(process.env.GIVEN === 'yes' ? 0 : 1)");
    expect(await runCommandLine(check, cwd, { GIVEN: "yes" })).toBeNull();
  });

  test("says how it ended otherwise", async () => {
    expect(await runCommandLine(node("process.exit(3)"), cwd)).toBe("exit 3");
    expect(await runCommandLine(node("process.kill(process.pid, 'SIGKILL')"), cwd)).toBe(
      "ended by SIGKILL",
    );
    expect(await runCommandLine(["no-such-program"], cwd)).toContain("ENOENT");
  });

  test("gets no stdin, so that nothing waits for an answer", async () => {
    const reads = node("process.stdin.on('end', () => process.exit(0)).resume()");
    expect(await runCommandLine(reads, cwd)).toBeNull();
  });

  test("a judge sees how it ended and has the last word", async () => {
    const judged = commandStep("x", node("process.exit(4)"), { cwd, judge: (why) => `was ${why}` });
    expect(await judged.run()).toBe("was exit 4");
  });
});
