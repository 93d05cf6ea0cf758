// biome-ignore-all lint/suspicious/noTemplateCurlyInString: iPXE writes its own settings as ${name}
import { BOOT_FILES } from "../../contract/boot-manifest.ts";

/**
 * The scripts that iPXE is given. Pure text: who gets which is decided elsewhere.
 * URLs are absolute throughout, since routers overwrite next-server.
 */

export interface LiveImageScript {
  /** The lab URL as this host reaches it, without a slash at the end. */
  readonly labUrl: string;
  /** Lower case with colons. */
  readonly mac: string;
  readonly bootToken: string;
  /** SHA-256 of the agent bundle in hex; null when it has not been built. */
  readonly agentSha256: string | null;
}

/** Matches no file: a host that is given it refuses whatever agent it fetches, and says so. */
const NO_DIGEST = "0".repeat(64);

/**
 * Boots the live image for a run. The kernel line names the initrd, or a UEFI kernel panics; BOOTIF configures the
 * NIC that booted; both consoles speak, as with the serial one alone the host's own monitor stays dark.
 * Kernel and initrd carry the MAC so that the console can tell whose fetch it was. iPXE names a file by the last part
 * of its path, which is what `initrd=` means. The initrd fetches the image from the console that it is told.
 */
export function liveImageScript({ labUrl, mac, bootToken, agentSha256 }: LiveImageScript): string {
  const base = word(labUrl);
  const query = `?mac=${word(mac.replaceAll(":", "-"))}`;
  const kernelLine = [
    `initrd=${BOOT_FILES.initrd}`,
    "BOOTIF=01-${netX/mac:hexhyp}",
    "vetting.live=1",
    `vetting.console=${base}`,
    `vetting.boot=${word(bootToken)}`,
    `vetting.agent_sha256=${word(agentSha256 ?? NO_DIGEST)}`,
    "console=tty0",
    "console=ttyS0,115200",
    // Or the kernel repeats this line, and with it the token, to whoever listens on the serial port.
    "quiet",
    // A crash is a finding, once the host is back to tell it.
    "panic=10",
    // Letters of a monitor that is read from two metres.
    "fbcon=font:TER16x32",
  ].join(" ");
  return script([
    "echo Vetting: loading the live image",
    `kernel ${base}/boot/${BOOT_FILES.kernel}${query} ${kernelLine} || goto failed`,
    `initrd ${base}/boot/${BOOT_FILES.initrd}${query} || goto failed`,
    "boot || goto failed",
    ":failed",
    `echo Vetting: the live image could not be loaded from ${base}/boot/. Is it built? Ask the console's doctor.`,
    "sleep 10",
    ...FALL_THROUGH,
  ]);
}

/** UEFI goes on to the next boot entry on a non-zero exit and stops on zero; its sanboot has booted installers. */
const FALL_THROUGH = [
  "iseq ${platform} efi && exit 1 || sanboot --no-describe --drive 0x80 || exit",
];

/** No run waits for this host: on to its own disk. */
export function localDiskScript(why: string): string {
  return script([`echo Vetting: ${sentence(why)} Booting from the local disk.`, ...FALL_THROUGH]);
}

/** A client that did not say who it is asks again with what iPXE knows, once (`chained`), never in a loop. */
export function introduceYourselfScript(labUrl: string): string {
  return script([...askForScript(labUrl), ":failed", ...FALL_THROUGH]);
}

/**
 * iPXE 2.0 on UEFI fetches `autoexec.ipxe` from the folder that it came from and runs it instead of what ProxyDHCP
 * names, before it has an address. So this is complete by itself.
 */
export function autoexecScript(labUrl: string): string {
  return script([
    "dhcp || dhcp || goto failed",
    ...askForScript(labUrl),
    ":failed",
    ...FALL_THROUGH,
  ]);
}

function askForScript(labUrl: string): string[] {
  const identity =
    "mac=${netX/mac:hexhyp}&uuid=${uuid}&platform=${platform}&buildarch=${buildarch}&chained=1";
  return [`chain --replace ${word(labUrl)}/boot.ipxe?${identity} || goto failed`];
}

function script(lines: readonly string[]): string {
  return `#!ipxe\n${lines.join("\n")}\n`;
}

/** One word of a script: nothing that iPXE would split, expand or end the line at. */
function word(text: string): string {
  if (!/^[A-Za-z0-9._~:/%@[\]-]+$/.test(text)) {
    throw new Error("a boot script cannot carry this text as one word");
  }
  return text;
}

/** Free text for `echo`: no expansion, no operators, no line ends. */
function sentence(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:()_/-]/g, " ").slice(0, 200);
}
