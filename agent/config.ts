import { macSchema } from "../contract/common.ts";
import { hasLiveMarker, kernelArguments } from "./live-image.ts";
import type { HostFiles } from "./tools/command.ts";

export interface AgentConfig {
  /** The lab URL without a slash at its end: `http://192.0.2.1:8421`. */
  readonly consoleUrl: string;
  readonly bootToken: string;
  readonly mac: string;
  readonly bootId: string;
  readonly stateDir: string;
  readonly liveImage: boolean;
}

export type ConfigOutcome =
  | { readonly kind: "ok"; readonly config: AgentConfig }
  | { readonly kind: "config-missing"; readonly message: string };

const DEFAULT_STATE_DIR = "/run/vetting";

/**
 * What the boot script handed over on the kernel command line; what is not there, the environment may say
 * (tests and the demo). The live marker counts from the command line only.
 */
export async function readAgentConfig(
  env: Readonly<Record<string, string | undefined>>,
  files: HostFiles,
): Promise<ConfigOutcome> {
  const commandLine = await files.readText(env.VETTING_CMDLINE || "/proc/cmdline");
  const args = kernelArguments(commandLine ?? "");
  const told = (argument: string, variable: string) => args.get(argument) || env[variable] || null;

  const consoleUrl = told("vetting.console", "VETTING_CONSOLE");
  if (consoleUrl === null)
    return missing("the console's URL", "vetting.console", "VETTING_CONSOLE");
  if (!/^https?:$/.test(protocolOf(consoleUrl))) {
    return { kind: "config-missing", message: `The console's URL is not one: ${consoleUrl}` };
  }
  const bootToken = told("vetting.boot", "VETTING_BOOT_TOKEN");
  if (bootToken === null) return missing("the boot token", "vetting.boot", "VETTING_BOOT_TOKEN");
  const bootId =
    env.VETTING_BOOT_ID || (await files.readText("/proc/sys/kernel/random/boot_id"))?.trim();
  if (!bootId) return missing("this boot's id", "", "VETTING_BOOT_ID");
  const mac = await readMac(env, args, files);
  if (mac === null) return missing("the MAC address that it booted from", "BOOTIF", "VETTING_MAC");

  return {
    kind: "ok",
    config: {
      consoleUrl: consoleUrl.replace(/\/+$/, ""),
      bootToken,
      mac,
      bootId,
      stateDir: env.VETTING_STATE_DIR || DEFAULT_STATE_DIR,
      liveImage: hasLiveMarker(args),
    },
  };
}

function missing(what: string, argument: string, variable: string): ConfigOutcome {
  const places = [
    argument && `${argument}= on the kernel command line`,
    `${variable} in the environment`,
  ];
  return {
    kind: "config-missing",
    message: `The agent does not know ${what}: give it as ${places.filter(Boolean).join(" or ")}.`,
  };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}

/** The NIC of the boot: told outright, by the boot loader (`BOOTIF=01-…`), or the one of the default route. */
async function readMac(
  env: Readonly<Record<string, string | undefined>>,
  args: ReadonlyMap<string, string>,
  files: HostFiles,
): Promise<string | null> {
  const bootif = args.get("BOOTIF")?.replace(/^01-(?=(?:[0-9a-f]{2}[:-]){5})/i, "");
  const routed = await defaultRouteNic(files);
  const address =
    routed === null
      ? undefined
      : (await files.readText(`/sys/class/net/${routed}/address`))?.trim();
  for (const candidate of [bootif, env.VETTING_MAC, address]) {
    const parsed = macSchema.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return null;
}

async function defaultRouteNic(files: HostFiles): Promise<string | null> {
  const routes = (await files.readText("/proc/net/route")) ?? "";
  for (const line of routes.split("\n")) {
    const [nic, destination] = line.split("\t");
    if (nic !== undefined && destination === "00000000") return nic;
  }
  return null;
}
