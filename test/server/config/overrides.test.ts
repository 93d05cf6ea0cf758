import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../server/config/load-config.ts";
import { applyOverrides } from "../../../server/config/overrides.ts";

const loaded = loadConfig(null);
if (!loaded.ok) throw new Error(loaded.message);
const { config } = loaded;

describe("settings above the file", () => {
  test("the last one wins, and the configuration handed in stays as it was", () => {
    const result = applyOverrides(config, [
      { key: "lab.httpPort", value: 1, from: "VETTING_LAB_PORT" },
      { key: "lab.httpPort", value: 0, from: "--lab-port" },
      { key: "lab.address", value: "127.0.0.1", from: "--lab-address" },
      { key: "lab.tftp", value: false, from: "--no-tftp" },
    ]);
    expect(result).toEqual({
      ok: true,
      config: { ...config, lab: { ...config.lab, httpPort: 0, address: "127.0.0.1", tftp: false } },
    });
    expect(config.lab.httpPort).toBe(8421);
  });

  test.each([
    [
      { key: "lab.httpPort", value: 99999, from: "--lab-port" },
      "--lab-port: expected a port from 0 to 65535 (0 takes a free one), found 99999",
    ],
    [
      { key: "lab.address", value: "lab", from: "VETTING_LAB_ADDRESS" },
      'VETTING_LAB_ADDRESS: expected an IPv4 address, found "lab"',
    ],
    [
      { key: "console.port", value: "http", from: "--console-port" },
      '--console-port: expected a number, found "http"',
    ],
  ])("a mistake is told under the name it was given by", (override, message) => {
    expect(applyOverrides(config, [override])).toEqual({ ok: false, message });
  });
});
