import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAgentConfig } from "../../agent/config.ts";
import { hasLiveMarker, kernelArguments } from "../../agent/live-image.ts";
import { createHostFiles } from "../../agent/tools/host-files.ts";
import { AGENT_VERSION } from "../../agent/version.ts";
import { temporaryFolder } from "./agent-rig.ts";

const BOOT_SCRIPT =
  "BOOT_IMAGE=vmlinuz boot=live quiet vetting.live=1 vetting.console=http://192.0.2.1:8421/ vetting.boot=tok-1 vetting.agent_sha256=ab BOOTIF=01-52-54-00-AB-CD-EF";

function host(files: Record<string, string>) {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries({
    "/proc/sys/kernel/random/boot_id": "id-1\n",
    ...files,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return createHostFiles(root);
}

describe("the agent's config", () => {
  test("comes from the kernel command line of the boot script", async () => {
    expect(await readAgentConfig({}, host({ "/proc/cmdline": BOOT_SCRIPT }))).toEqual({
      kind: "ok",
      config: {
        consoleUrl: "http://192.0.2.1:8421",
        bootToken: "tok-1",
        mac: "52:54:00:ab:cd:ef",
        bootId: "id-1",
        stateDir: "/run/vetting",
        liveImage: true,
      },
    });
  });

  test("or from the environment, which never makes a live image of it", async () => {
    const env = {
      VETTING_CONSOLE: "http://127.0.0.1:9",
      VETTING_BOOT_TOKEN: "tok-2",
      VETTING_MAC: "52-54-00-00-00-01",
      VETTING_BOOT_ID: "id-2",
      VETTING_STATE_DIR: "/tmp/state",
      VETTING_LIVE: "1",
      "vetting.live": "1",
    };
    expect(await readAgentConfig(env, host({ "/proc/cmdline": "quiet" }))).toMatchObject({
      config: {
        consoleUrl: "http://127.0.0.1:9",
        mac: "52:54:00:00:00:01",
        bootId: "id-2",
        liveImage: false,
      },
    });
  });

  test("takes the NIC of the default route when nobody names one", async () => {
    const files = host({
      "/proc/cmdline": BOOT_SCRIPT.replace(/BOOTIF=\S+/, ""),
      "/proc/net/route":
        "Iface\tDestination\tGateway\neth1\t000200C0\t00\neth0\t00000000\t010200C0\n",
      "/sys/class/net/eth0/address": "52:54:00:00:00:09\n",
    });
    expect(await readAgentConfig({}, files)).toMatchObject({
      config: { mac: "52:54:00:00:00:09" },
    });
  });

  test.each([
    [
      "vetting.console",
      /does not know the console's URL: give it as vetting\.console=.* or VETTING_CONSOLE/,
    ],
    ["vetting.boot", /does not know the boot token/],
    ["BOOTIF", /does not know the MAC address/],
  ])("without %s it says what is missing and where to put it", async (key, words) => {
    const files = host({ "/proc/cmdline": BOOT_SCRIPT.replace(new RegExp(`${key}=\\S+`), "") });
    expect(await readAgentConfig({}, files)).toMatchObject({
      kind: "config-missing",
      message: expect.stringMatching(words),
    });
  });

  test("a console URL that is none is refused", async () => {
    const files = host({
      "/proc/cmdline": BOOT_SCRIPT.replace("http://192.0.2.1:8421/", "192.0.2.1"),
    });
    expect(await readAgentConfig({}, files)).toMatchObject({ kind: "config-missing" });
  });
});

test.each([
  ["vetting.live=1", true],
  ["vetting.live=0", false],
  ["vetting.live", false],
  ["xvetting.live=1", false],
  ["quiet", false],
])("the command line %s marks a live image: %s", (line, live) => {
  expect(hasLiveMarker(kernelArguments(`${line}\n`))).toBe(live);
});

test("the agent's version is the product's", () => {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  expect(AGENT_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
