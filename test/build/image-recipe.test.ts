import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STAGE_DEFINITIONS } from "../../agent/stages/index.ts";
import { readCommentedList } from "../../build/image/commented-list.ts";
import { inRoot } from "../../build/root-dir.ts";
import { TEST_TOOLS } from "../../build/test-tools.ts";

const recipe = (name: string) => readFileSync(inRoot("build/image", name), "utf8");
const unit = (name: string) => recipe(`root/etc/systemd/system/${name}`);

/** Brought by an operator's overlay: their licences keep them out of Debian. */
const FROM_OVERLAY = new Set(["nvidia-smi", "dcgmi", "gpu_burn", "rocm-smi", "rvs"]);
/** Packages that are essential in Debian and so in every image. */
const ESSENTIAL = new Set(["util-linux", "dash", "coreutils"]);

describe("the recipe of the live image", () => {
  test("every program that a stage runs comes with a package of the list", () => {
    const packages = new Set([...readCommentedList(recipe("packages.txt")), ...ESSENTIAL]);
    const tools = new Set(Object.values(STAGE_DEFINITIONS).flatMap(({ tools }) => tools));
    expect(tools.size).toBeGreaterThan(10);
    const unmet = [...tools].filter((tool) => {
      if (FROM_OVERLAY.has(tool)) return false;
      const known = TEST_TOOLS.find(({ command }) => command === tool)?.debianPackage;
      const name = known ?? (["dmesg", "lscpu"].includes(tool) ? "util-linux" : tool);
      return !packages.has(name);
    });
    expect(unmet).toEqual([]);
  });

  test("every package says why it is there", () => {
    for (const file of ["packages.txt", "firmware-packages.txt"]) {
      const entries = recipe(file)
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("#"));
      expect(entries.filter((line) => !/^\S+ +# \S/.test(line))).toEqual([]);
    }
  });

  test("no microcode, which would hide the BIOS's own version", () => {
    expect(recipe("packages.txt") + recipe("firmware-packages.txt")).not.toMatch(/^\S*microcode/m);
  });

  test("nothing of the recipe names a host of ours, a token or a key", () => {
    const files = globSync("**/*", { cwd: inRoot("build/image/root") });
    const texts = files
      .map((file) => join("root", file))
      .filter((file) => /\.(conf|service|target|rules)$/.test(file))
      .map(recipe);
    expect(texts.length).toBeGreaterThan(8);
    for (const text of texts) expect(text).not.toMatch(/ssh-(rsa|ed25519) |https?:\/\//);
  });
});

describe("the agent's unit", () => {
  const agent = unit("vetting-agent.service");

  test("starts the agent again whatever ends it, without end, except when it is done or misconfigured", () => {
    expect(agent).toMatch(/^Restart=always$/m);
    expect(agent).toMatch(/^RestartPreventExitStatus=0 2$/m);
    expect(agent).toMatch(/^StartLimitIntervalSec=0$/m);
  });

  test("keeps it alive through what it runs: out of the OOM killer's reach, and not felled by a child's end", () => {
    expect(agent).toMatch(/^OOMPolicy=continue$/m);
    expect(agent).toMatch(/^OOMScoreAdjust=-1000$/m);
    expect(agent).toMatch(/^Nice=-\d+$/m);
  });

  test("is ordered after the checked agent and the devices, and waits for nothing else", () => {
    expect(agent).toMatch(/^DefaultDependencies=no$/m);
    expect(agent).toMatch(/^Requires=vetting-fetch\.service$/m);
    expect(agent).toMatch(/^After=vetting-fetch\.service vetting-devices\.service /m);
  });

  test("speaks on the serial console as well as in the journal", () => {
    expect(agent).toMatch(/^StandardOutput=journal\+console$/m);
    expect(agent).toMatch(/^StandardError=journal\+console$/m);
  });
});

describe("doors", () => {
  const masked = readCommentedList(recipe("masked-units.txt"));

  test.each([
    "getty@.service",
    "serial-getty@.service",
    "emergency.service",
    "rescue.service",
    "debug-shell.service",
    "ssh.service",
    "ssh.socket",
  ])("%s never starts", (name) => {
    expect(masked).toContain(name);
  });

  test("host keys are no part of the image", () => {
    expect(readCommentedList(recipe("trimmed.txt"))).toContain("etc/ssh/ssh_host_*");
  });
});
