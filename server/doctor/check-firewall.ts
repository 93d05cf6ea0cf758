import type { DoctorCheck } from "../../contract/console-api.ts";
import {
  type FirewalldZone,
  type FirewallFacts,
  WINDOWS_RULE_NAME,
} from "../lab/firewall-facts.ts";
import type { LabInterface } from "../lab/interfaces.ts";
import { type FirewallChain, type NftRuleset, verdictOn } from "../lab/nft-ruleset.ts";
import type { DoctorDeps } from "./doctor-deps.ts";
import { servicesOf } from "./services.ts";

/** What hosts must reach. */
export interface NeededPorts {
  readonly udp: readonly number[];
  /** The one of them that machines ask which have no address yet. */
  readonly dhcp: number | null;
  /** A port, or a range as `5201-5208`. */
  readonly tcp: readonly string[];
}

/** A packet filter on this machine lets hosts in. Silence is all that a host sees of one that does not. */
export async function checkFirewall({
  config,
  interfaces,
  firewall,
}: Pick<DoctorDeps, "config" | "interfaces" | "firewall">): Promise<DoctorCheck> {
  const check = { id: "firewall", title: "Firewall" };
  const lab = (await interfaces()).find((it) => it.address === config.lab.address);
  const needed = neededPorts(config);
  if (lab === undefined) {
    const detail = "Looked at once there is a lab address on this machine.";
    return { ...check, status: "ok", detail, mend: null };
  }
  if (lab.internal) {
    const detail = "The lab address is loopback, where no packet filter stands between.";
    return { ...check, status: "ok", detail, mend: null };
  }
  return { ...check, ...judged(await firewall(lab.name), lab, needed) };
}

/** An iperf3 server a run, from the first port on; eight runs at once is the default. */
const IPERF_PORTS = 8;

export function neededPorts(config: DoctorDeps["config"]): NeededPorts {
  const { iperfPeer, iperfPort } = config.network;
  const iperf =
    iperfPeer === null && iperfPort > 0 ? [`${iperfPort}-${iperfPort + IPERF_PORTS - 1}`] : [];
  const { proxyDhcp, dhcpPort } = config.lab;
  return {
    dhcp: proxyDhcp ? dhcpPort : null,
    udp: servicesOf(config).flatMap(({ on, port }) => (on && port > 0 ? [port] : [])),
    tcp: [...(config.lab.httpPort > 0 ? [String(config.lab.httpPort)] : []), ...iperf],
  };
}

type LabPlace = Pick<LabInterface, "name" | "address">;
type Judgement = Pick<DoctorCheck, "status" | "detail" | "mend">;

export function judged(facts: FirewallFacts, lab: LabPlace, needed: NeededPorts): Judgement {
  switch (facts.kind) {
    case "unknown":
      return fine("Whether a packet filter is in the way cannot be found out on this system.");
    case "macos":
      return facts.on
        ? warned(
            "The firewall of macOS is on. When it asks whether node may accept incoming connections, allow it, or hosts do not reach the console.",
            "Allow node in System Settings, Network, Firewall, Options",
          )
        : fine("The firewall of macOS is off.");
    case "windows":
      return onWindows(facts, needed);
    case "linux":
      return onLinux(facts, lab, needed);
  }
}

function onWindows(
  { profile, hasRule }: Extract<FirewallFacts, { kind: "windows" }>,
  { udp, tcp }: NeededPorts,
): Judgement {
  if (hasRule) return fine(`Windows Firewall has the rule ${WINDOWS_RULE_NAME}.`);
  const where = profile === null ? "" : ` Windows takes the lab for a ${profile} network.`;
  // A lab without a gateway counts as Public, so a rule for Private alone would not do.
  const rule = (protocol: string, ports: readonly (string | number)[]) =>
    `New-NetFirewallRule -DisplayName '${WINDOWS_RULE_NAME} (${protocol})' -Direction Inbound -Action Allow -Profile Any -Protocol ${protocol} -LocalPort ${ports.join(",")}`;
  return warned(
    `Windows Firewall has no rule for the console, so hosts may not reach it.${where} The mend, as administrator, lets them in on every profile, Public too.`,
    [...(udp.length > 0 ? [rule("UDP", udp)] : []), rule("TCP", tcp)].join("; "),
  );
}

function onLinux(
  { manager, ruleset, zone }: Extract<FirewallFacts, { kind: "linux" }>,
  lab: LabPlace,
  needed: NeededPorts,
): Judgement {
  const iif = lab.name;
  if (ruleset !== null) {
    const blocked = blockedPorts(ruleset, lab, needed);
    if (blocked.by === null) return fine(`The packet filter lets hosts in on ${iif}.`);
    const words = blocked.certain ? "drops" : "seems to drop";
    const detail = `The packet filter of this machine (${manager ?? programOf(blocked.by)}) ${words} what hosts send to ${listedPorts(blocked.ports)} on ${iif}.`;
    return warned(detail, mendOf(manager, blocked.by, iif, zone?.name ?? null, needed));
  }
  if (manager === "firewalld" && zone !== null) {
    const closed = closedIn(zone, needed);
    if (closed.length === 0) return fine(`firewalld lets hosts in (zone ${zone.name}).`);
    const detail = `firewalld does not let ${closed.join(", ")} in on ${iif} (zone ${zone.name}), so hosts do not get an answer.`;
    return warned(detail, mendOf("firewalld", null, iif, zone.name, needed));
  }
  if (manager !== null) {
    const detail = `${manager} is switched on, and this user may not read its rules. If hosts get no answer, let them in; doing so twice does no harm.`;
    return warned(detail, mendOf(manager, null, iif, null, needed));
  }
  return fine(
    "No firewall of this machine shows to this user; only root may read the packet filter itself.",
  );
}

interface Blocked {
  readonly ports: readonly string[];
  readonly by: FirewallChain | null;
  readonly certain: boolean;
}

/** A machine that boots has no address yet, and asks by broadcast. */
const NO_ADDRESS = "0.0.0.0";

function blockedPorts(
  ruleset: NftRuleset,
  lab: LabPlace,
  { udp, tcp, dhcp }: NeededPorts,
): Blocked {
  const packets = [
    ...udp.map((port) => ({
      protocol: "udp" as const,
      port,
      label: `UDP ${port}`,
      // All others ask as neighbours of ours.
      source: port === dhcp ? NO_ADDRESS : lab.address,
    })),
    ...tcp.map((range) => ({
      protocol: "tcp" as const,
      port: Number.parseInt(range, 10),
      label: `TCP ${range}`,
      source: lab.address,
    })),
  ];
  const dropped = packets.flatMap((packet) => {
    const verdict = verdictOn(ruleset, { ...packet, interfaceName: lab.name });
    return verdict.kind === "dropped" ? [{ ...verdict, label: packet.label }] : [];
  });
  return {
    ports: dropped.map(({ label }) => label),
    by: dropped[0]?.by ?? null,
    certain: dropped.every(({ certain }) => certain),
  };
}

function closedIn(zone: FirewalldZone, { udp, tcp }: NeededPorts): string[] {
  if (zone.trusted) return [];
  const open = (protocol: string, first: number) =>
    zone.open.some((entry) => {
      const [range = "", its] = entry.split("/");
      const [from = Number.NaN, to = from] = range.split("-").map(Number);
      return its === protocol && first >= from && first <= to;
    });
  return [
    ...udp.filter((port) => !open("udp", port)).map((port) => `UDP ${port}`),
    ...tcp.filter((range) => !open("tcp", Number.parseInt(range, 10))).map((it) => `TCP ${it}`),
  ];
}

/** The rule to add, in the words of whoever keeps the rules. */
function mendOf(
  manager: "ufw" | "firewalld" | null,
  by: FirewallChain | null,
  iif: string,
  zone: string | null,
  { udp, tcp }: NeededPorts,
): string {
  const each = [
    ...(udp.length === 0 ? [] : [{ protocol: "udp", ports: udp.map(String) }]),
    ...(tcp.length === 0 ? [] : [{ protocol: "tcp", ports: tcp }]),
  ];
  if (manager === "firewalld") {
    const where = zone === null ? "" : ` --zone=${zone}`;
    const ports = each.flatMap(({ protocol, ports: its }) =>
      its.map((port) => ` --add-port=${port}/${protocol}`),
    );
    return `sudo firewall-cmd --permanent${where}${ports.join("")} && sudo firewall-cmd --reload`;
  }
  const commands = each.map(({ protocol, ports }) => {
    // ufw and iptables write a range with a colon.
    const colons = ports.map((it) => it.replace("-", ":")).join(",");
    if (manager === "ufw") {
      return `sudo ufw allow in on ${iif} proto ${protocol} to any port ${colons}`;
    }
    if (by === null || programOf(by) === "iptables") {
      return `sudo iptables -I INPUT -i ${iif} -p ${protocol} -m multiport --dports ${colons} -j ACCEPT`;
    }
    const chain = `${by.family} ${by.table} ${by.name}`;
    return `sudo nft insert rule ${chain} iifname ${iif} ${protocol} dport '{ ${ports.join(", ")} }' accept`;
  });
  return commands.join(" && ");
}

/** Whose chain it is: iptables keeps its own inside nftables, in capitals. */
function programOf({ family, table, name }: FirewallChain): "iptables" | "nftables" {
  return family === "ip" && table === "filter" && name === "INPUT" ? "iptables" : "nftables";
}

function listedPorts(ports: readonly string[]): string {
  return ports.join(", ");
}

function fine(detail: string): Judgement {
  return { status: "ok", detail, mend: null };
}

function warned(detail: string, mend: string): Judgement {
  return { status: "warn", detail, mend };
}
