import { type ChildProcess, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeConsole, startFakeConsole } from "./fake-console.ts";
import { createScratchHost, type HostOptions, type ScratchHost, stop } from "./scratch-host.ts";

vi.setConfig({ testTimeout: 60_000 });

let fake: FakeConsole;
let host: ScratchHost | undefined;

beforeEach(async () => {
  fake = await startFakeConsole();
});
afterEach(async () => {
  await host?.destroy();
  host = undefined;
  await fake.close();
  expect(fake.violations).toEqual([]);
});

const patient = { timeout: 20_000 };

function scratchHost(options: HostOptions = {}): ScratchHost {
  host = createScratchHost(fake.url, options);
  return host;
}

async function heartbeats(atLeast: number): Promise<void> {
  await expect.poll(() => fake.heartbeats.length, patient).toBeGreaterThanOrEqual(atLeast);
}

const clients = [
  { shell: "dash", client: "curl" },
  { shell: "dash", client: "wget" },
  { shell: "dash", client: "nc" },
  { shell: "busybox", client: "curl" },
  { shell: "busybox", client: "wget" },
] as const satisfies HostOptions[];

/** Every command line of this machine that can be read now. */
function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

describe("heartbeats", () => {
  test.each(clients)(
    "under $shell with $client carry boot id, uptime and the token",
    async (options) => {
      scratchHost(options).start();
      await heartbeats(3);
      expect(fake.heartbeats[2]).toEqual({
        bootId: "6f1d0c5a-0a56-4d33-9a0d-2f8f4a7f1c11",
        uptimeSeconds: 1000.25,
      });
      expect(new Set(fake.bearers)).toEqual(new Set(["secret-1-0123456789abcdef"]));
      expect(fake.registrations).toHaveLength(1);
    },
  );

  test("VETTING_BOOT_ID stands in for the kernel's boot id", async () => {
    scratchHost({ env: { VETTING_BOOT_ID: "second boot" } }).start();
    await heartbeats(1);
    expect(fake.heartbeats[0]?.bootId).toBe("second boot");
  });

  test("SIGTERM ends the daemon at once, in the middle of a long pause, and leaves no process", async () => {
    fake.heartbeatSeconds = 3600;
    const h = scratchHost();
    const child = h.start();
    await heartbeats(1);
    await expect
      .poll(() => commandLines().some((line) => line.trim() === "sleep 3600"), patient)
      .toBe(true);
    await stop(child);
    expect(child.exitCode).toBe(0);
    expect(
      commandLines().filter((line) => line.includes(h.dir) || line.trim() === "sleep 3600"),
    ).toEqual([]);
    expect(h.exists("var/lib/vetting-reporter/pid")).toBe(false);
  });

  test("a second daemon on the same host refuses to run", async () => {
    const h = scratchHost();
    const first: ChildProcess = h.start();
    await heartbeats(1);
    const second = h.start();
    await expect.poll(() => second.exitCode, patient).toBe(1);
    expect(h.log()).toContain(`already running as process ${first.pid}`);
  });
});

describe("the token", () => {
  test("lies in a file of mode 0600 in a folder of mode 0700, both root's", async () => {
    const h = scratchHost();
    h.start();
    await heartbeats(1);
    const folder = statSync(h.stateDir);
    const file = statSync(join(h.stateDir, "token"));
    expect([folder.mode & 0o7777, folder.uid]).toEqual([0o700, 0]);
    expect([file.mode & 0o7777, file.uid]).toEqual([0o600, 0]);
    expect(readFileSync(join(h.stateDir, "token"), "utf8").trim()).toBe(fake.bearers[0]);
    for (const name of readdirSync(h.stateDir)) {
      const mode = statSync(join(h.stateDir, name), { throwIfNoEntry: false })?.mode ?? 0o600;
      expect(`${name} ${(mode & 0o7777).toString(8)}`).toBe(`${name} 600`);
    }
  });

  test.each(clients)(
    "under $shell with $client is on no command line while it is sent",
    async (options) => {
      let release = () => {};
      fake.hold = new Promise((resolve) => {
        release = resolve;
      });
      const h = scratchHost(options);
      h.write("var/lib/vetting-reporter/enrol-token", "enrol-secret");
      h.start();
      await heartbeats(1); // and it is not answered: the sending program is there to be looked at
      const lines = commandLines();
      const sender = { curl: /curl -q -K/, wget: /wget --config=|nc -w 10/, nc: /nc -w 10/ }[
        options.client
      ];
      expect(lines.filter((line) => sender.test(line)).length).toBeGreaterThan(0);
      expect(
        lines.filter((line) => line.includes("secret-1-") || line.includes("enrol-secret")),
      ).toEqual([]);
      release();
      await heartbeats(2);
      expect(h.log()).not.toContain("secret-1-");
    },
  );
});

describe("when the console refuses or is away", () => {
  test.each(["dash", "busybox"] as const)(
    "under %s a 401 brings one new registration",
    async (shell) => {
      const h = scratchHost({ shell });
      h.start();
      await heartbeats(2);
      fake.revokeTokens();
      await expect.poll(() => fake.bearers.at(-1), patient).toBe("secret-2-0123456789abcdef");
      const before = fake.heartbeats.length;
      await heartbeats(before + 2);
      expect(fake.registrations).toHaveLength(2);
      expect(h.read("var/lib/vetting-reporter/token").trim()).toBe("secret-2-0123456789abcdef");
    },
  );

  test("the enrol token goes with every registration", async () => {
    fake.enrolToken = "let me in";
    const h = scratchHost();
    h.write("var/lib/vetting-reporter/enrol-token", "let me in");
    h.start();
    await heartbeats(1);
    fake.revokeTokens();
    await expect.poll(() => fake.registrations.length, patient).toBe(2);
    expect(fake.registrations.map((sent) => sent.enrolToken)).toEqual(["let me in", "let me in"]);
  });

  test("a wrong enrol token is said in the console's words, and tried again", async () => {
    fake.enrolToken = "let me in";
    const h = scratchHost();
    const child = h.start();
    await expect.poll(() => fake.registrations.length, patient).toBeGreaterThan(2);
    expect(h.log()).toContain("cannot register: HTTP 401 The enrol token is missing or wrong.");
    expect(child.exitCode).toBeNull();
    fake.enrolToken = undefined;
    await heartbeats(1);
  });

  test("a known host goes on with its token when it may not register again", async () => {
    const h = scratchHost();
    await stop(await started(h));
    fake.enrolToken = "new rule";
    const before = fake.heartbeats.length;
    h.start();
    await heartbeats(before + 2);
    expect(fake.bearers.at(-1)).toBe("secret-1-0123456789abcdef");
  });

  test.each(clients)(
    "under $shell with $client an error or a dead console is outlived",
    async (options) => {
      const h = scratchHost(options);
      const child = await started(h);
      fake.outage = 503;
      await expect.poll(() => h.log(), patient).toContain("heartbeat failed: HTTP 503");
      await fake.close();
      await expect.poll(() => h.log(), patient).toMatch(/heartbeat failed: no answer from http/);
      expect(child.exitCode).toBeNull();
      // The same complaint is not repeated at every try.
      expect(h.log().split("no answer from").length).toBeLessThan(4);
      fake = await startFakeConsole(); // for the closing check; the old port is gone
    },
  );

  test("the pause between tries doubles, is spread, and never passes its bound", () => {
    const source = readFileSync(
      new URL("../../reporter/vetting-reporter", import.meta.url),
      "utf8",
    );
    const body = /^backoff\(\) \{\n[\s\S]*?^\}/m.exec(source)?.[0];
    expect(body).toBeDefined();
    const pauses = (count: number) => {
      const text = `BACKOFF_FIRST_S=2 BACKOFF_MAX_S=30\n${body}\nfor i in 1 2 3 4 5 6 7 8; do backoff ${count}; echo; done`;
      return spawnSync("/usr/bin/dash", ["-c", text], { encoding: "utf8" })
        .stdout.trim()
        .split("\n")
        .map(Number);
    };
    for (const [count, low, high] of [
      [1, 1, 2],
      [3, 4, 8],
      [50, 15, 30],
    ] as const) {
      const values = pauses(count);
      expect(values).toHaveLength(8);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(new Set(values).size).toBeGreaterThan(1);
    }
  });
});

async function started(h: ScratchHost): Promise<ChildProcess> {
  const child = h.start();
  await heartbeats(1);
  return child;
}
