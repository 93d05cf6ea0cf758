import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nodeProblem } from "../../build/node-guard.mjs";
import { inRoot } from "../../build/root-dir.ts";

// A checkout of its own: the real bootstrap, tiny real tasks, no package to install. It is started
// by an unfit Node where the machine has one (Debian's Node 20), as on a fresh clone.

const root = mkdtempSync(join(tmpdir(), "vetting-bootstrap-"));
const systemNode = findSystemNode();
const children = new Set<ChildProcessWithoutNullStreams>();

function findSystemNode(): string {
  const others = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .filter((path) => existsSync(path));
  const unfit = others.find((path) => {
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
    return /^v2[01]\./.test(stdout) && nodeProblem(stdout) !== null;
  });
  return unfit ?? process.execPath;
}

const TASKS: Record<string, string> = {
  "echo-args": `
    process.stdout.write(JSON.stringify({ args: process.argv.slice(2), version: process.version, cwd: process.cwd() }) + "\\n");`,
  "exit-seven": `process.exitCode = 7;`,
  "kill-self": `process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`,
  "wait-for-signal": `
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.once(name, () => { console.log("got " + name); process.exit(name === "SIGTERM" ? 0 : 3); });
    }
    setInterval(() => {}, 1000);
    console.log("waiting");`,
};

beforeAll(() => {
  mkdirSync(join(root, "build", "tasks"), { recursive: true });
  for (const name of ["bootstrap.mjs", "child.mjs", "install.mjs", "node-guard.mjs"]) {
    cpSync(inRoot("build", name), join(root, "build", name));
  }
  for (const [name, text] of Object.entries(TASKS)) {
    writeFileSync(join(root, "build", "tasks", `${name}.ts`), text);
  }
  writeFileSync(join(root, "package.json"), '{"type":"module","name":"scratch"}');
  // The packaged Node, where a real install would have put it.
  const platform = process.platform === "win32" ? "win" : process.platform;
  const bin = join(root, "node_modules", `node-${platform}-${process.arch}`, "bin");
  mkdirSync(bin, { recursive: true });
  cpSync(process.execPath, join(bin, "node"));
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function bootstrap(...args: string[]) {
  return spawnSync(systemNode, [join(root, "build", "bootstrap.mjs"), ...args], {
    encoding: "utf8",
    cwd: tmpdir(),
  });
}

describe("the way into every npm command", () => {
  test("the task runs under a fit Node, whichever Node started it", () => {
    const { stdout } = bootstrap("echo-args");
    expect(nodeProblem((JSON.parse(stdout) as { version: string }).version)).toBeNull();
  });

  test("arguments arrive as given, spaces, dashes and empty ones included", () => {
    const args = ["--headless", "--data-dir", "/a b/c", "--json", "", "*", "--lab-port=0"];
    const { stdout } = bootstrap("echo-args", ...args);
    expect(JSON.parse(stdout)).toMatchObject({ args });
  });

  test("a leading -- as npm wants it is taken off once", () => {
    const { stdout } = bootstrap("echo-args", "--", "--json", "--", "x");
    expect(JSON.parse(stdout)).toMatchObject({ args: ["--json", "--", "x"] });
  });

  test("relative paths keep their meaning: the working directory is the caller's", () => {
    const { stdout } = bootstrap("echo-args");
    expect((JSON.parse(stdout) as { cwd: string }).cwd).toBe(tmpdir());
  });

  test("stdout carries nothing but the task's own lines", () => {
    const { stdout } = bootstrap("echo-args", "--json");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  test("the task's exit code is the exit code", () => {
    expect(bootstrap("exit-seven").status).toBe(7);
  });

  test("a task that a signal killed ends with 128 + its number, never with 0", () => {
    expect(bootstrap("kill-self").status).toBe(137);
  });

  test.each([[["no-such-task"]], [["../install"]], [[]]])(
    "%j is answered with the tasks there are",
    (args) => {
      const { status, stderr, stdout } = bootstrap(...args);
      expect(status).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain("Known are: echo-args, exit-seven, kill-self, wait-for-signal.");
    },
  );

  test.each([
    ["SIGTERM", 0],
    ["SIGINT", 3],
    ["SIGHUP", 3],
  ] as const)("%s reaches the task, which decides how it ends", async (signal, code) => {
    const child = spawn(systemNode, [join(root, "build", "bootstrap.mjs"), "wait-for-signal"]);
    children.add(child);
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await vi.waitFor(() => expect(printed).toContain("waiting"), { timeout: 10_000 });
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(printed).toBe(`waiting\ngot ${signal}\n`);
  });
});

test("a Node too old for anything is told what to install, and nothing is tried", () => {
  const old = `data:text/javascript,Object.defineProperty(process, "version", { value: "v18.19.0" })`;
  const script = join(root, "build", "bootstrap.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", old, script, "echo-args"],
    { encoding: "utf8" },
  );
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toBe(
    "Vetting starts from Node 20 or newer (it then brings its own Node 24), and this is Node 18.19.0. Install a current Node from https://nodejs.org and run the command again.\n",
  );
});

describe("a bootstrap whose parent dies", () => {
  /** Starts it the way npm does, under a shell that does not replace itself; the shell's pid is the child's. */
  function underShell(env: NodeJS.ProcessEnv) {
    const line = `"$0" "$1" wait-for-signal; true`;
    const script = join(root, "build", "bootstrap.mjs");
    const child = spawn("sh", ["-c", line, systemNode, script], { env });
    children.add(child);
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    return { child, printed: () => printed };
  }

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "under npm, %s to npm's shell ends the task too: no console is left behind",
    async (signal) => {
      const { child, printed } = underShell({ ...process.env, npm_lifecycle_event: "start" });
      await vi.waitFor(() => expect(printed()).toContain("waiting"), { timeout: 10_000 });
      // The pipe closes when the last process that holds it has ended, the task included.
      const closed = new Promise((resolve) => child.stdout.once("close", resolve));
      child.kill(signal);
      await closed;
      expect(printed()).toBe("waiting\ngot SIGTERM\n");
    },
  );
});

describe("an install that cannot be", () => {
  test("is a sentence and exit 1, and nothing on stdout", () => {
    const broken = join(root, "broken");
    cpSync(join(root, "build"), join(broken, "build"), { recursive: true });
    // It wants a file that is not there: npm fails without asking a registry.
    const dependencies = { gone: "file:no-such-package.tgz" };
    const about = { name: "broken", version: "1.0.0" };
    writeFileSync(join(broken, "package.json"), JSON.stringify({ ...about, dependencies }));
    writeFileSync(
      join(broken, "package-lock.json"),
      JSON.stringify({
        ...about,
        lockfileVersion: 3,
        packages: {
          "": { ...about, dependencies },
          "node_modules/gone": { version: "1.0.0", resolved: dependencies.gone },
        },
      }),
    );
    const { status, stdout, stderr } = spawnSync(
      systemNode,
      [join(broken, "build", "bootstrap.mjs"), "echo-args"],
      { encoding: "utf8" },
    );
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("Installing the packages: no packages are installed yet.");
    expect(stderr).toContain("The packages could not be installed");
    expect(existsSync(join(broken, ".install.lock"))).toBe(false);
  }, 60_000);

  test("a lock left behind by a dead install does not hold up the next", () => {
    const stale = join(root, "stale");
    cpSync(join(root, "build"), join(stale, "build"), { recursive: true });
    cpSync(join(root, "node_modules"), join(stale, "node_modules"), { recursive: true });
    const empty = { name: "stale", version: "1.0.0" };
    writeFileSync(join(stale, "package.json"), JSON.stringify({ ...empty, type: "module" }));
    writeFileSync(
      join(stale, "package-lock.json"),
      JSON.stringify({ ...empty, lockfileVersion: 3, packages: { "": empty } }),
    );
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(stale, ".install.lock"), String(gone));
    const { stderr } = spawnSync(systemNode, [join(stale, "build", "bootstrap.mjs"), "echo-args"], {
      encoding: "utf8",
    });
    expect(stderr).toContain("Installing the packages: no packages are installed yet.");
    expect(existsSync(join(stale, ".install.lock"))).toBe(false);
  }, 60_000);
});
