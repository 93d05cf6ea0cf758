import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inRoot } from "../../build/root-dir.ts";

const SCRIPT = inRoot("build/image/root/usr/lib/vetting/fetch-agent");
const AGENT = "console.log('the agent');\n";
const SHA256 = createHash("sha256").update(AGENT).digest("hex");

type Answer = { readonly status: number; readonly body: string; readonly date?: string };
const GOOD: Answer = { status: 200, body: AGENT };

let dir: string;
let server: Server;
let answers: Answer[];
/** Was the file there when the console was asked? */
let presentWhenAsked: boolean[];
let script: ChildProcess | null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vetting-fetch-"));
  answers = [];
  presentWhenAsked = [];
  script = null;
  server = createServer((request, response) => {
    presentWhenAsked.push(existsSync(join(dir, "run/agent.mjs")));
    const { status, body, date } = answers.shift() ?? GOOD;
    if (date !== undefined) response.setHeader("date", date);
    response.writeHead(request.url === "/agent/agent.mjs" ? status : 404).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  // The pauses between two tries, and the clock, are only noted.
  program("sleep", `echo "sleep $1" >>"${dir}/calls"`);
  program("step-clock", `echo "step-clock $*" >>"${dir}/calls"`);
  program("say", `echo "$*" >>"${dir}/said"`);
});
afterEach(() => {
  script?.kill("SIGKILL");
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

function program(name: string, body: string): void {
  writeFileSync(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

async function fetchAgent(): Promise<number | null> {
  const { port } = server.address() as AddressInfo;
  const commandLine = `initrd=initrd.img vetting.live=1 vetting.console=http://127.0.0.1:${port} vetting.boot=secret-boot-token vetting.agent_sha256=${SHA256} quiet`;
  writeFileSync(join(dir, "cmdline"), `${commandLine}\n`);
  const child = spawn("/bin/sh", [SCRIPT, join(dir, "run/agent.mjs")], {
    env: {
      PATH: `${dir}:${process.env.PATH}`,
      VETTING_CMDLINE: join(dir, "cmdline"),
      VETTING_SAY: join(dir, "say"),
      // By its full path: a script that outlives its test finds nothing to step the clock with.
      VETTING_STEP_CLOCK: join(dir, "step-clock"),
    },
    stdio: "ignore",
  });
  script = child;
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

const lines = (name: string) =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), "utf8").trimEnd().split("\n") : [];

describe("fetching the agent in the live image", { timeout: 60_000 }, () => {
  test("the agent that the kernel command line promises is laid down, for root alone", async () => {
    expect(await fetchAgent()).toBe(0);
    expect(readFileSync(join(dir, "run/agent.mjs"), "utf8")).toBe(AGENT);
    expect(statSync(join(dir, "run/agent.mjs")).mode & 0o077).toBe(0);
    expect(readdirSync(join(dir, "run"))).toEqual(["agent.mjs"]);
    expect(lines("said")).toEqual([expect.stringMatching(/^fetching the agent from http:\S+$/)]);
  });

  test("another one is never laid down, which is said, and it is fetched again", async () => {
    answers = [{ status: 200, body: "another agent" }, GOOD];
    expect(await fetchAgent()).toBe(0);
    expect(presentWhenAsked).toEqual([false, false]);
    expect(lines("said")[1]).toContain("It is not run");
    expect(readFileSync(join(dir, "run/agent.mjs"), "utf8")).toBe(AGENT);
  });

  test("while the console is away it is asked again, less and less often", async () => {
    const away: Answer = { status: 503, body: "" };
    answers = [away, away, away, away, away, away, GOOD];
    expect(await fetchAgent()).toBe(0);
    expect(lines("calls")).toEqual([1, 2, 4, 8, 16, 32].map((s) => `sleep ${s}`));
    expect(lines("said")[1]).toMatch(
      /cannot be fetched from http:\S+: curl: .*503.*Trying again in 1 s/,
    );
  });

  test("a clock that is far off is set by the console's, one that is nearly right is left alone", async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    answers = [{ ...GOOD, date: new Date(Date.now() + 20_000).toUTCString() }];
    expect(await fetchAgent()).toBe(0);
    expect(lines("calls")).toEqual([]);
    answers = [{ ...GOOD, date: ahead.toUTCString() }];
    expect(await fetchAgent()).toBe(0);
    expect(lines("calls")).toEqual([`step-clock -u -s @${Math.floor(ahead.getTime() / 1000)}`]);
  });

  test("the boot token is not said", async () => {
    answers = [{ status: 500, body: "" }, { status: 200, body: "x" }, GOOD];
    await fetchAgent();
    expect(lines("said").join()).not.toContain("secret-boot-token");
  });
});
