import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeConsole, startFakeConsole } from "./fake-console.ts";
import {
  createScratchHost,
  type HostOptions,
  quickShSource,
  reporterScript,
  runToEnd,
  type ScratchHost,
  type Shell,
  whereIs,
} from "./scratch-host.ts";

vi.setConfig({ testTimeout: 60_000 });

const reporterFolder = join(quickShSource, "..");
const source = (name: string) => readFileSync(join(reporterFolder, name), "utf8");

/** The rule of docs/reporter.md by which a console serves GET /register/quick.sh. */
function assembleQuickSh(labUrl: string): string {
  const script = source("vetting-reporter").trimEnd();
  const service = source("vetting-reporter.service").trimEnd();
  return source("quick.sh")
    .replaceAll("@VETTING_CONSOLE@", () => labUrl)
    .replace(/^@VETTING_REPORTER_SCRIPT@$/m, () => script)
    .replace(/^@VETTING_REPORTER_SERVICE@$/m, () => service);
}

let fake: FakeConsole;
let host: ScratchHost;

beforeEach(async () => {
  fake = await startFakeConsole();
  fake.quickSh = assembleQuickSh(fake.url);
});
afterEach(async () => {
  const pidFile = host.exists("var/lib/vetting-reporter/pid")
    ? Number(host.read("var/lib/vetting-reporter/pid"))
    : 0;
  if (pidFile > 0 && isRunning(pidFile)) process.kill(pidFile, "SIGTERM");
  await expect.poll(() => pidFile > 0 && isRunning(pidFile), patient).toBe(false);
  await host.destroy();
  await fake.close();
  expect(fake.violations).toEqual([]);
});

const patient = { timeout: 20_000 };

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/** A fresh host whose environment names no console: the served script must know it. */
function freshHost(options: HostOptions = {}): ScratchHost {
  host = createScratchHost(fake.url, options);
  delete host.env.VETTING_CONSOLE;
  return host;
}

/** Everything that lies below the host, except what was there from the start. */
function installedFiles(): string[] {
  return readdirSync(host.dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(host.dir.length + 1))
    .filter((name) => !/^(bin|fake|sys|proc)\/|^etc\/os-release$/.test(name))
    .sort();
}

const downloads: Record<Shell, string> = {
  dash: 'curl -fsS "$URL/register/quick.sh" | sh -s -- "$@"',
  busybox: 'wget -qO- "$URL/register/quick.sh" | sh -s -- "$@"',
};

/** What a technician pastes into a root shell. */
function paste(shell: Shell, env: Record<string, string> = {}, ...args: string[]) {
  const command = shell === "dash" ? ["/usr/bin/dash"] : ["/usr/bin/busybox", "sh"];
  return runToEnd(command[0]!, [...command.slice(1), "-c", downloads[shell], "sh", ...args], {
    ...host.env,
    VETTING_DIRECT: "1",
    URL: fake.url,
    ...env,
  });
}

async function sh(text: string, env: Record<string, string>, uid?: number) {
  return runToEnd("/usr/bin/dash", ["-s"], env, {
    input: text,
    ...(uid === undefined ? {} : { uid }),
  });
}

describe("one pasted line", () => {
  test.each([
    { shell: "dash", client: "curl" },
    { shell: "busybox", client: "wget" },
  ] as const)(
    "under $shell with $client installs, starts, registers, and says what it did",
    async (options) => {
      freshHost(options);
      const { code, out } = await paste(options.shell);
      expect(out).toContain(`quick.sh: wrote ${host.dir}/usr/local/sbin/vetting-reporter`);
      expect(out).toContain("network boot: efibootmgr: Boot0006");
      expect(out).toContain(`quick.sh: registered at ${fake.url}`);
      expect(out).toContain(
        `quick.sh: to remove it: ${host.dir}/usr/local/sbin/vetting-reporter uninstall`,
      );
      expect(code).toBe(0);
      const pid = Number(/started vetting-reporter, pid (\d+)/.exec(out)?.[1]);
      expect(pid).toBe(Number(host.read("var/lib/vetting-reporter/pid")));
      expect(isRunning(pid)).toBe(true);
      await expect.poll(() => fake.heartbeats.length, patient).toBeGreaterThan(1);
      expect(host.read("usr/local/sbin/vetting-reporter")).toBe(source("vetting-reporter"));
      expect(host.read("etc/vetting-reporter.conf")).toBe(`VETTING_CONSOLE=${fake.url}\n`);
      expect(statSync(join(host.dir, "usr/local/sbin/vetting-reporter")).mode & 0o777).toBe(0o755);
    },
  );

  test("keeps the enrol token readable by root only, and registers with it", async () => {
    fake.enrolToken = "let me in";
    freshHost();
    const { code, out } = await paste("dash", { VETTING_ENROL_TOKEN: "let me in" });
    expect(code).toBe(0);
    expect(out).not.toContain("let me in");
    expect(fake.registrations.at(-1)?.enrolToken).toBe("let me in");
    expect(statSync(join(host.stateDir, "enrol-token")).mode & 0o777).toBe(0o600);
    const pid = host.read("var/lib/vetting-reporter/pid").trim();
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("let me in");
  });

  test("run again replaces the daemon that was there", async () => {
    freshHost();
    const first = Number(/pid (\d+)/.exec((await paste("dash")).out)?.[1]);
    const second = Number(/pid (\d+)/.exec((await paste("dash")).out)?.[1]);
    expect(second).not.toBe(first);
    expect([isRunning(first), isRunning(second)]).toEqual([false, true]);
  });

  test("below a prefix without VETTING_DIRECT the systemd unit is placed and nothing started", async () => {
    freshHost();
    const { code, out } = await sh(fake.quickSh, host.env);
    expect(code).toBe(0);
    expect(out).toContain("nothing was started there");
    expect(installedFiles()).toEqual([
      "etc/systemd/system/vetting-reporter.service",
      "etc/vetting-reporter.conf",
      "usr/local/sbin/vetting-reporter",
    ]);
    const unit = host.read("etc/systemd/system/vetting-reporter.service");
    expect(unit).toBe(source("vetting-reporter.service"));
    expect(unit).toContain("ExecStart=/usr/local/sbin/vetting-reporter run\nRestart=always\n");
    expect(fake.registrations).toEqual([]);
  });
});

describe("it leaves the host alone when", () => {
  test("it is not run as root, and says so", async () => {
    freshHost();
    const { code, out } = await sh(fake.quickSh, { ...host.env, PATH: "/usr/bin:/bin" }, 65534);
    expect(code).toBe(1);
    expect(out).toMatch(
      /run this as root, for example: curl -fsS http:\S+\/register\/quick\.sh \| sudo sh/,
    );
    expect(installedFiles()).toEqual([]);
  });

  test("the download broke off, at whatever byte", async () => {
    freshHost();
    const text = fake.quickSh;
    const last = text.lastIndexOf('main "$@"');
    const cuts = Array.from({ length: 40 }, (_, index) => Math.floor((last * (index + 1)) / 40));
    for (const cut of [...cuts, last + 1, last + 2, last + 3]) {
      const { out } = await sh(text.slice(0, cut), { ...host.env, VETTING_DIRECT: "1" });
      expect(`${cut}: ${out}`).not.toContain("quick.sh:");
      expect(installedFiles()).toEqual([]);
    }
    expect(fake.registrations).toEqual([]);
  });

  test("nothing is there that could talk to the console", async () => {
    freshHost();
    const { rmSync } = await import("node:fs");
    rmSync(join(host.dir, "bin/curl"));
    const { code, out } = await sh(fake.quickSh, host.env);
    expect(code).toBe(1);
    expect(out).toContain("talks by:     nothing: install curl");
    expect(out).toContain("Nothing was installed");
    expect(installedFiles()).toEqual([]);
  });

  test("it was not served by a console and is told of none", async () => {
    freshHost();
    const { code, out } = await sh(source("quick.sh"), host.env);
    expect(code).toBe(1);
    expect(out).toContain("this copy does not know its console");
    expect(installedFiles()).toEqual([]);
  });
});

describe("uninstalling leaves nothing", () => {
  test.each(["dash", "busybox"] as const)(
    "under %s by vetting-reporter uninstall",
    async (shell) => {
      freshHost({ shell });
      const { out } = await paste(shell, { VETTING_ENROL_TOKEN: "x" });
      const pid = Number(/pid (\d+)/.exec(out)?.[1]);
      fake.command = { command: "reboot_for_vetting", runId: 1 };
      await expect.poll(() => host.exists("fake/reboots.log"), patient).toBe(true);
      const removal = await host.run(
        join(host.dir, "usr/local/sbin/vetting-reporter"),
        "uninstall",
      );
      expect(removal).toEqual({
        code: 0,
        out: "vetting-reporter is removed: program, service, configuration, token and state.\n",
      });
      expect(isRunning(pid)).toBe(false);
      expect(installedFiles()).toEqual([]);
      expect(host.exists("var/lib/vetting-reporter")).toBe(false);
    },
  );

  test("by the installer's --uninstall", async () => {
    freshHost();
    const pid = Number(/pid (\d+)/.exec((await paste("dash")).out)?.[1]);
    const removal = await paste("dash", {}, "--uninstall");
    expect(removal.code).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(installedFiles()).toEqual([]);
  });

  test("from a copy below a scratch root touches that root, whatever the environment lacks", async () => {
    freshHost();
    await sh(fake.quickSh, host.env);
    const { VETTING_PREFIX: _dropped, ...env } = host.env;
    const program = join(host.dir, "usr/local/sbin/vetting-reporter");
    expect((await runToEnd("/usr/bin/dash", [program, "uninstall"], env)).code).toBe(0);
    expect(installedFiles()).toEqual([]);
  });
});

describe("the scripts", () => {
  test("are clean to shellcheck as POSIX sh, served form included", async () => {
    freshHost();
    const shellcheck = whereIs("shellcheck");
    const served = join(host.dir, "served-quick.sh");
    writeFileSync(served, fake.quickSh);
    const fakes = join(import.meta.dirname, "../fakes/reporter");
    const files = [
      reporterScript,
      quickShSource,
      served,
      ...readdirSync(fakes).map((name) => join(fakes, name)),
    ];
    expect(files.length).toBeGreaterThanOrEqual(7);
    const result = await runToEnd(shellcheck, ["-s", "sh", ...files], { PATH: "/usr/bin:/bin" });
    expect(result).toEqual({ code: 0, out: "" });
  });

  test("embed without harm: no placeholder is left, no here-document ends early", () => {
    freshHost();
    expect(fake.quickSh).not.toMatch(/@VETTING_/);
    for (const name of ["vetting-reporter", "vetting-reporter.service"])
      expect(source(name)).not.toMatch(/^VETTING_REPORTER_(SCRIPT|SERVICE)_END$|@VETTING_/m);
  });
});
