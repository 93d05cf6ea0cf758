import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseIptables } from "./iptables-rules.ts";
import { type NftRuleset, parseNftRuleset } from "./nft-ruleset.ts";
import { askPowerShell, type RunTool, runTool } from "./run-tool.ts";

/** Who keeps the rules on Linux: a rule must be added in its words, or it is gone at the next reload. */
export type FirewallManager = "ufw" | "firewalld" | null;

export type FirewallFacts =
  | {
      readonly kind: "linux";
      readonly manager: FirewallManager;
      /** Null when this user may not read the rules, or no program here can. */
      readonly ruleset: NftRuleset | null;
      /** firewalld tells everyone what it lets pass in the lab interface's zone. */
      readonly zone: FirewalldZone | null;
    }
  | {
      readonly kind: "windows";
      /** Of the lab interface: Public is the one that a network without a gateway gets. */
      readonly profile: string | null;
      readonly hasRule: boolean;
    }
  | { readonly kind: "macos"; readonly on: boolean }
  | { readonly kind: "unknown" };

export interface FirewalldZone {
  readonly name: string;
  /** `67/udp`, with the ports of services that are let in. */
  readonly open: readonly string[];
  /** Everything is let in. */
  readonly trusted: boolean;
}

/** What a technician would type, and what is looked for again. */
export const WINDOWS_RULE_NAME = "Vetting";
const MACOS_FIREWALL = "/usr/libexec/ApplicationFirewall/socketfilterfw";

export interface FirewallSources {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
  readonly read?: (file: string) => string | null;
}

/** Looks only: no rule is added, no counter reset. */
export async function readFirewall(
  interfaceName: string | null,
  { platform = process.platform, run = runTool, read = readOrNull }: FirewallSources = {},
): Promise<FirewallFacts> {
  if (platform === "win32") return windowsFirewall(interfaceName, run);
  if (platform === "darwin") {
    const state = await run(MACOS_FIREWALL, ["--getglobalstate"]);
    return state === null ? { kind: "unknown" } : { kind: "macos", on: /enabled/i.test(state) };
  }
  if (platform !== "linux") return { kind: "unknown" };
  const [nft, firewalld] = await Promise.all([
    run("nft", ["-j", "list", "ruleset"]),
    run("firewall-cmd", ["--state"]),
  ]);
  const ruleset = await withIptables(parseNftRuleset(nft), run);
  if (firewalld?.trim() === "running") {
    const zone = await zoneOf(interfaceName, run);
    return { kind: "linux", manager: "firewalld", ruleset, zone };
  }
  const ufw = /^ENABLED=yes/m.test(read("/etc/ufw/ufw.conf") ?? "");
  return { kind: "linux", manager: ufw ? "ufw" : null, ruleset, zone: null };
}

/**
 * nft cannot read every match that iptables put there, and shows it as `xt`; iptables can. It is asked only then, or
 * where there is no nft: on some systems asking alone loads its modules.
 */
async function withIptables(nft: NftRuleset | null, run: RunTool): Promise<NftRuleset | null> {
  const isTheirs = (it: { family: string; table: string }) =>
    it.family === "ip" && it.table === "filter";
  const hidden = nft?.rules.some(({ expr, ...it }) => isTheirs(it) && expr.some((e) => "xt" in e));
  if (nft !== null && hidden !== true) return nft;
  const theirs = parseIptables(await run("iptables", ["-S"]));
  if (nft === null || theirs === null) return theirs ?? nft;
  return {
    chains: [...nft.chains.filter((it) => !isTheirs(it)), ...theirs.chains],
    rules: [...nft.rules.filter((it) => !isTheirs(it)), ...theirs.rules],
    sets: nft.sets,
  };
}

/** Ports of firewalld's own services that concern netbooting [/usr/lib/firewalld/services]. */
const SERVICE_PORTS: Readonly<Record<string, string>> = {
  dhcp: "67/udp",
  tftp: "69/udp",
  "proxy-dhcp": "4011/udp",
};

async function zoneOf(interfaceName: string | null, run: RunTool): Promise<FirewalldZone | null> {
  const asked =
    interfaceName === null
      ? null
      : await run("firewall-cmd", [`--get-zone-of-interface=${interfaceName}`]);
  const name = (asked ?? (await run("firewall-cmd", ["--get-default-zone"])))?.trim();
  const all =
    name === undefined ? null : await run("firewall-cmd", [`--zone=${name}`, "--list-all"]);
  return name === undefined || all === null ? null : parseZone(name, all);
}

/** Reads `firewall-cmd --list-all`. */
export function parseZone(name: string, text: string): FirewalldZone {
  const words = (key: string) =>
    (new RegExp(`^\\s*${key}:(.*)$`, "m").exec(text)?.[1] ?? "")
      .trim()
      .split(/\s+/)
      .filter(Boolean);
  const services = words("services").flatMap((it) => SERVICE_PORTS[it] ?? []);
  return {
    name,
    open: [...words("ports"), ...services],
    trusted: words("target")[0] === "ACCEPT",
  };
}

const windowsSchema = z.object({ Profile: z.string().nullable(), HasRule: z.boolean() });

async function windowsFirewall(interfaceName: string | null, run: RunTool): Promise<FirewallFacts> {
  // The name comes from the system's own list; quotes are doubled all the same.
  const alias = (interfaceName ?? "").replaceAll("'", "''");
  const script =
    `[pscustomobject]@{Profile=[string](Get-NetConnectionProfile -InterfaceAlias '${alias}' -ErrorAction SilentlyContinue).NetworkCategory;` +
    `HasRule=[bool](Get-NetFirewallRule -DisplayName '${WINDOWS_RULE_NAME}*' -ErrorAction SilentlyContinue)}`;
  const told = windowsSchema.safeParse(await askPowerShell(script, run));
  if (!told.success) return { kind: "unknown" };
  return { kind: "windows", profile: told.data.Profile || null, hasRule: told.data.HasRule };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
