import { describe, expect, test } from "vitest";
import {
  introduceYourselfScript,
  liveImageScript,
  localDiskScript,
} from "../../../server/netboot/ipxe-script.ts";

const LIVE = {
  labUrl: "http://10.0.0.1:8421",
  mac: "52:54:00:12:34:56",
  bootToken: "AbC_-123",
  agentSha256: "ab".repeat(32),
};
const FALL_THROUGH =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own settings
  "iseq ${platform} efi && exit 1 || sanboot --no-describe --drive 0x80 || exit";
const lines = (script: string) => script.split("\n");
const kernelLine = (script: string) =>
  lines(script)
    .find((line) => line.startsWith("kernel "))
    ?.split(" ") ?? [];

describe("the live image's script", () => {
  test("loads kernel and initrd by absolute URLs that say whose fetch it is", () => {
    const script = liveImageScript(LIVE);
    expect(lines(script)[0]).toBe("#!ipxe");
    expect(kernelLine(script)[1]).toBe("http://10.0.0.1:8421/boot/vmlinuz?mac=52-54-00-12-34-56");
    expect(script).toContain("initrd http://10.0.0.1:8421/boot/initrd.img?mac=52-54-00-12-34-56");
    expect(script).toContain("\nboot ");
  });

  test.each([
    ["the initrd's name, or a UEFI kernel panics", "initrd=initrd.img"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own settings
    ["the NIC that booted", "BOOTIF=01-${netX/mac:hexhyp}"],
    ["the live marker", "vetting.live=1"],
    ["the console", "vetting.console=http://10.0.0.1:8421"],
    ["the boot token", "vetting.boot=AbC_-123"],
    ["the agent's digest", `vetting.agent_sha256=${"ab".repeat(32)}`],
    ["the host's own monitor", "console=tty0"],
    ["the serial line", "console=ttyS0,115200"],
    ["silence about itself, as it holds a token", "quiet"],
    ["the way back after a crash", "panic=10"],
  ])("its kernel line carries %s", (_what, word) => {
    expect(kernelLine(liveImageScript(LIVE))).toContain(word);
  });

  test("is issued before an agent was built, with a digest that no file has", () => {
    const script = liveImageScript({ ...LIVE, agentSha256: null });
    expect(kernelLine(script)).toContain(`vetting.agent_sha256=${"0".repeat(64)}`);
  });

  test("goes on to the local disk when something cannot be fetched", () => {
    const script = lines(liveImageScript(LIVE));
    for (const line of script.filter((text) => /^(kernel|initrd|boot)\b/.test(text))) {
      expect(line).toMatch(/\|\| goto failed$/);
    }
    expect(script.slice(script.indexOf(":failed"))).toContain(FALL_THROUGH);
  });

  test.each(["a b", "a\nreboot", "a;b", "a&&b", "a||b", "$" + "{net0/ip}", "a`b`", ""])(
    "never carries %j as a word",
    (bootToken) => {
      expect(() => liveImageScript({ ...LIVE, bootToken })).toThrow();
    },
  );
});

describe("the local disk's script", () => {
  test("falls through on both firmwares", () => {
    expect(lines(localDiskScript("No run waits for this host."))).toContain(FALL_THROUGH);
  });

  test("says why in words that iPXE cannot take for commands", () => {
    const [, echo, ...rest] = lines(localDiskScript("x\nreboot || goto a $b {b} `c` && d ; e"));
    expect(echo).toMatch(/^echo Vetting: [A-Za-z0-9 .,:()_/-]*$/);
    expect(rest).toEqual([FALL_THROUGH, ""]);
  });
});

test("a client that did not say who it is asks again with all that iPXE knows, and only once", () => {
  expect(introduceYourselfScript(LIVE.labUrl)).toContain(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE's own settings
    "chain --replace http://10.0.0.1:8421/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid}&platform=${platform}&buildarch=${buildarch}&chained=1",
  );
});
