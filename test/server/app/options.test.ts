import { describe, expect, test } from "vitest";
import { defaultDataDir, readOptions, StartProblem, USAGE } from "../../../server/options.ts";

const read = (args: string[], env: Record<string, string> = {}) =>
  readOptions(args, { HOME: "/home/ada", ...env }, "linux");

test("nothing said: all from vetting.yaml, data in the user's data directory", () => {
  expect(read([])).toEqual({
    headless: false,
    json: false,
    help: false,
    doctor: false,
    configFile: null,
    dataDir: "/home/ada/.local/share/vetting",
    bootDir: null,
    overrides: [],
    simulated: false,
    logLevel: "warn",
  });
});

test("every option of the command line", () => {
  const options = read([
    ...["--headless", "--json", "--no-proxy-dhcp", "--no-tftp"],
    ...["--config", "a.yaml", "--data-dir", "d", "--boot-dir=b"],
    ...["--program-dir", "/opt/Vetting/resources"],
    ...["--lab-address", "192.0.2.10", "--lab-port", "0", "--console-port=1"],
    ...["--tftp-port", "2", "--dhcp-port", "3", "--pxe-port", "4"],
  ]);
  expect(options).toMatchObject({
    headless: true,
    json: true,
    configFile: "a.yaml",
    dataDir: "d",
    bootDir: "b",
    programDir: "/opt/Vetting/resources",
  });
  expect(Object.fromEntries(options.overrides.map(({ key, value }) => [key, value]))).toEqual({
    "lab.address": "192.0.2.10",
    "lab.httpPort": 0,
    "console.port": 1,
    "lab.tftpPort": 2,
    "lab.dhcpPort": 3,
    "lab.pxePort": 4,
    "lab.proxyDhcp": false,
    "lab.tftp": false,
  });
});

test("--doctor looks and starts nothing; it is said on the command line only", () => {
  expect(read(["--doctor", "--json"])).toMatchObject({ doctor: true, json: true });
  expect(read([], { VETTING_DOCTOR: "1" }).doctor).toBe(false);
  expect(USAGE).toContain("--doctor");
});

describe("the environment", () => {
  test("sets the same, under VETTING_ names", () => {
    const env = {
      VETTING_HEADLESS: "1",
      VETTING_CONFIG: "e.yaml",
      VETTING_DATA_DIR: "/data",
      VETTING_LAB_PORT: "9000",
      VETTING_NO_TFTP: "1",
      VETTING_PROXY_DHCP: "0",
    };
    const options = read([], env);
    expect(options).toMatchObject({ headless: true, configFile: "e.yaml", dataDir: "/data" });
    expect(options.overrides).toEqual([
      { key: "lab.httpPort", value: 9000, from: "VETTING_LAB_PORT" },
      { key: "lab.proxyDhcp", value: false, from: "VETTING_PROXY_DHCP" },
      { key: "lab.tftp", value: false, from: "VETTING_NO_TFTP" },
    ]);
  });

  test("yields to the command line: a later setting wins", () => {
    const options = read(["--lab-port", "1", "--config", "c"], {
      VETTING_LAB_PORT: "2",
      VETTING_CONFIG: "e",
    });
    expect(options.configFile).toBe("c");
    expect(options.overrides.map(({ value }) => value)).toEqual([2, 1]);
  });

  test("an empty variable counts as unset, a word that is no switch is refused", () => {
    expect(read([], { VETTING_LAB_PORT: "", VETTING_JSON: "", VETTING_CONFIG: "" })).toEqual(
      read([]),
    );
    expect(() => read([], { VETTING_JSON: "maybe" })).toThrow(
      'VETTING_JSON is "maybe"; expected 1 or 0.',
    );
  });
});

test.each([
  [["--lab-prot", "1"], "--lab-prot"],
  [["--lab-port"], "--lab-port"],
  [["--json=1"], "--json"],
  [["hello"], "hello"],
])("%j is one clear line that names it", (args, named) => {
  const problem = (() => {
    try {
      read(args);
      return null;
    } catch (error) {
      return error;
    }
  })();
  expect(problem).toBeInstanceOf(StartProblem);
  expect((problem as Error).message).toContain(named);
  expect((problem as Error).message).not.toContain("\n");
});

test.each([
  ["linux", { HOME: "/h", XDG_DATA_HOME: "/x" }, "/x/vetting"],
  ["linux", { HOME: "/h", XDG_DATA_HOME: "" }, "/h/.local/share/vetting"],
  ["darwin", { HOME: "/h" }, "/h/Library/Application Support/Vetting"],
] as const)("data directory on %s with %j", (platform, env, expected) => {
  expect(defaultDataDir(env, platform)).toBe(expected);
});
