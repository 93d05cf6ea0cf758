import { describe, expect, test } from "vitest";
import { consoleArguments } from "../../electron/arguments.ts";
import { readOptions } from "../../server/options.ts";

describe("the console's arguments in those of the desktop app", () => {
  test("from a checkout the app's folder stands before them", () => {
    expect(consoleArguments(["electron", "/app", "--lab-port", "0"], false)).toEqual([
      "--lab-port",
      "0",
    ]);
  });

  test("from a checkout under a debugger or a test the runtime's switches stand before it", () => {
    const argv = ["electron", "--no-sandbox", "--inspect=0", "--remote-debugging-port=0", "/app"];
    expect(consoleArguments([...argv, "--json"], false)).toEqual(["--json"]);
  });

  test("packaged they follow the program", () => {
    expect(consoleArguments(["/opt/Vetting/vetting", "--no-tftp"], true)).toEqual(["--no-tftp"]);
  });

  test.each([
    "--no-sandbox",
    "--ozone-platform=wayland",
    "--disable-gpu",
    "--enable-logging",
    "--inspect=0",
    "vetting://run/7",
  ])("%s is not the console's", (arg) => {
    expect(consoleArguments(["vetting", arg], true)).toEqual([]);
  });

  test("every option that the console knows is left to it", () => {
    const all = [
      ...["--headless", "--json", "--help", "--doctor", "--no-proxy-dhcp", "--no-tftp"],
      ...["--config", "f", "--data-dir", "d", "--boot-dir", "b", "--lab-address", "127.0.0.1"],
      ...["--lab-port", "1", "--console-port", "2", "--tftp-port", "3", "--dhcp-port", "4"],
      ...["--pxe-port", "5"],
    ];
    // First, that these are all: a new option that looks like Chromium's would be swallowed here.
    expect(() => readOptions(all, {})).not.toThrow();
    expect(consoleArguments(["vetting", ...all], true)).toEqual(all);
  });

  test("a mistake is left for the console to name", () => {
    expect(consoleArguments(["vetting", "--lab-adress", "x"], true)).toEqual(["--lab-adress", "x"]);
  });
});
