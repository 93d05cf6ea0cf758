import { describe, expect, test } from "vitest";
import { readClock } from "../../../server/lab/clock-facts.ts";
import { readPrivilege } from "../../../server/lab/privilege-facts.ts";
import { askPowerShell, runTool } from "../../../server/lab/run-tool.ts";

describe("what this user may bind", () => {
  const files = (known: Record<string, string>) => (file: string) => known[file] ?? null;

  test("stands in the process's capabilities and in the system's setting", () => {
    const user = files({
      "/proc/self/status": "Name:\tnode\nCapEff:\t0000000000000000\n",
      "/proc/sys/net/ipv4/ip_unprivileged_port_start": "1024\n",
      "/proc/self/cgroup": "0::/user.slice/user-1000.slice/session-2.scope\n",
    });
    expect(readPrivilege("linux", user)).toEqual({
      ...{ platform: "linux", mayBindLowPorts: false, unprivilegedPortStart: 1024, unit: null },
    });
    const service = files({
      "/proc/self/status": "CapEff:\t0000000000000400\n",
      "/proc/sys/net/ipv4/ip_unprivileged_port_start": "67\n",
      "/proc/self/cgroup": "0::/system.slice/vetting.service\n",
    });
    expect(readPrivilege("linux", service)).toEqual({
      platform: "linux",
      mayBindLowPorts: true,
      unprivilegedPortStart: 67,
      unit: "vetting.service",
    });
  });

  test("is unknown where the system does not tell", () => {
    expect(readPrivilege("linux", () => null)).toEqual({
      ...{ platform: "linux", mayBindLowPorts: null, unprivilegedPortStart: null, unit: null },
    });
    expect(readPrivilege("win32").mayBindLowPorts).toBe(true);
  });
});

describe("the clock", () => {
  const never = () => false;

  test.each([
    ["yes\n", false, true],
    ["no\n", false, false],
    ["no\n", true, true],
    [null, true, true],
    [null, false, null],
  ])(
    "timedatectl says %j, timesyncd's mark is there: %j → synchronised: %j",
    async (told, mark, expected) => {
      const facts = await readClock(
        "linux",
        async () => told,
        () => mark,
      );
      expect(facts.synchronized).toBe(expected);
    },
  );

  test("is not asked about on other systems", async () => {
    const facts = await readClock("darwin", async () => "yes", never);
    expect(facts.synchronized).toBeNull();
  });
});

describe("a program that is asked", () => {
  test("gives what it printed; missing or failing it gives nothing", async () => {
    expect(await runTool("echo", ["a b"])).toBe("a b\n");
    expect(await runTool("no-such-program", [])).toBeNull();
    expect(await runTool("false", [])).toBeNull();
  });

  test("PowerShell's answer is JSON or nothing", async () => {
    expect(await askPowerShell("x", async () => '{"a":1}')).toEqual({ a: 1 });
    expect(await askPowerShell("x", async () => "no")).toBeNull();
  });
});
