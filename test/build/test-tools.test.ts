import { describe, expect, test } from "vitest";
import { lookPath, missingTools, planTools, TEST_TOOLS } from "../../build/test-tools.ts";

const missing = missingTools((command) => !["chromium", "smartctl"].includes(command));

describe("the programs that the tests run for real", () => {
  test("those not on the path are missing", () => {
    expect(missing.map((tool) => tool.command)).toEqual(["chromium", "smartctl"]);
    expect(missingTools(() => true)).toEqual([]);
    expect(missingTools(() => false)).toEqual(TEST_TOOLS);
  });

  test("the system's own folders are searched even when the path leaves them out", () => {
    expect(lookPath("sh", "/no/such/folder:/bin")).toBe("/bin/sh");
    expect(lookPath("no-such-program", "/bin")).toBeNull();
  });
});

describe("what is done about missing ones", () => {
  test("nothing when none is missing, whatever the system", () => {
    expect(planTools([], { debian: false, root: false })).toEqual({ kind: "complete" });
  });

  test("root on Debian updates the lists and installs the packages, without questions", () => {
    const plan = planTools(missing, { debian: true, root: true });
    expect(plan.kind).toBe("install");
    const commands = plan.kind === "install" ? plan.commands : [];
    expect(commands.map((command) => command.slice(0, 2))).toEqual([
      ["apt-get", "update"],
      ["apt-get", "install"],
    ]);
    expect(commands[1]).toEqual(expect.arrayContaining(["-y", "chromium", "smartmontools"]));
    expect(commands[1]).not.toContain("fio");
  });

  test.each([
    ["a user on Debian", { debian: true, root: false }, "apt-get install chromium smartmontools"],
    ["root elsewhere", { debian: false, root: true }, "chromium smartmontools"],
    ["a user elsewhere", { debian: false, root: false }, "chromium smartmontools"],
  ])("%s is told what is missing and how to install it", (_who, system, how) => {
    const plan = planTools(missing, system);
    expect(plan).toMatchObject({ kind: "tell" });
    const lines = plan.kind === "tell" ? plan.lines.join("\n") : "";
    expect(lines).toContain("chromium, smartctl");
    expect(lines).toContain(how);
  });
});
