import type { HostFacts, NicFacts } from "./facts.ts";

interface Link {
  ifindex: number;
  link?: string;
  ifname: string;
  flags: string[];
  operstate: string;
  address: string;
  stats64: unknown;
}

/** `ip -j -s -s link` in the shape of a capture of loopback and a veth pair. */
export function ipLinkJson(host: HostFacts, capture: string): string {
  const [loopback, ether] = JSON.parse(capture) as [Link, Link];
  const { link: _peer, ...template } = ether;
  const links = host.nics.map((nic, index) => ({
    ...template,
    ifindex: index + 2,
    ifname: nic.name,
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    operstate: "UP",
    address: nic.mac,
  }));
  return `${JSON.stringify([loopback, ...links])}\n`;
}

/** The same for reading, as evidence. */
export function ipLinkText(host: HostFacts): string {
  const links = host.nics.map(
    ({ name, mac }, index) =>
      `${index + 2}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n`,
  );
  return links.join("");
}

interface Address {
  ifname: string;
  addr_info: { local: string; label: string; prefixlen: number }[];
}

/** `ip -j -4 address show` in the shape of a capture. */
export function ipAddressJson(host: HostFacts, capture: string): string {
  const template = (JSON.parse(capture) as Address[]).find(({ ifname }) => ifname === "eth0");
  const info = template?.addr_info[0];
  if (template === undefined || info === undefined) throw new Error("the capture has no address");
  const addresses = host.nics.map((nic, index) => ({
    ...template,
    ifindex: index + 2,
    ifname: nic.name,
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    operstate: "UP",
    addr_info: [{ ...info, local: nic.address, label: nic.name }],
  }));
  return `${JSON.stringify(addresses)}\n`;
}

/** `ethtool IFACE`. */
export function ethtoolText({ name, speedMbps }: NicFacts): string {
  const modes = [1000, 10_000, 25_000]
    .filter((speed) => speed <= speedMbps)
    .map((speed) => (speed === 25_000 ? "25000baseCR/Full" : `${speed}baseT/Full`));
  return `Settings for ${name}:
	Supported ports: [ FIBRE ]
	Supported link modes:   ${modes.join("\n	                        ")}
	Supported pause frame use: Symmetric
	Supports auto-negotiation: Yes
	Supported FEC modes: None	 RS	 BASER
	Advertised link modes:  ${modes.at(-1)}
	Advertised pause frame use: No
	Advertised auto-negotiation: Yes
	Advertised FEC modes: None	 RS	 BASER
	Speed: ${speedMbps}Mb/s
	Duplex: Full
	Auto-negotiation: on
	Port: Direct Attach Copper
	PHYAD: 0
	Transceiver: internal
	Supports Wake-on: g
	Wake-on: g
        Current message level: 0x00000007 (7)
                               drv probe link
	Link detected: yes
`;
}

/** `ethtool -i IFACE`. */
export function ethtoolDriverText({ driver, firmware, pciAddress }: NicFacts): string {
  return `driver: ${driver}
version: 6.1.0-18-amd64
firmware-version: ${firmware}
expansion-rom-version: 
bus-info: ${pciAddress}
supports-statistics: yes
supports-test: yes
supports-eeprom-access: yes
supports-register-dump: yes
supports-priv-flags: yes
`;
}

/** `ethtool -S IFACE`: the counters that would tell of a bad wire, all at rest. */
export function ethtoolStatsText(): string {
  const names = ["rx_unicast", "tx_unicast", "rx_crc_errors.nic", "rx_length_errors.nic"];
  const more = ["rx_undersize.nic", "rx_oversize.nic", "rx_jabber.nic", "illegal_bytes.nic"];
  return `NIC statistics:\n${[...names, ...more].map((name) => `     ${name}: 0\n`).join("")}`;
}
