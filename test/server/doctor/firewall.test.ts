import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FirewallFacts } from "../../../server/lab/firewall-facts.ts";
import { parseIptables } from "../../../server/lab/iptables-rules.ts";
import { type NftRuleset, parseNftRuleset } from "../../../server/lab/nft-ruleset.ts";
import { check } from "./healthy.ts";

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../fixtures/firewall", name), "utf8");

const row = (facts: FirewallFacts, config?: Record<string, unknown>) =>
  check("firewall", { ...(config && { config }), deps: { firewall: async () => facts } });
const linux = (patch: Partial<Extract<FirewallFacts, { kind: "linux" }>>): FirewallFacts => ({
  ...{ kind: "linux", manager: null, ruleset: null, zone: null },
  ...patch,
});

/** Drops everything but what is listed. */
function dropping(...expr: Record<string, unknown>[]): NftRuleset {
  return {
    chains: [{ family: "inet", table: "filter", name: "input", hook: "input", policy: "drop" }],
    rules: expr.map((it) => ({
      ...{ family: "inet", table: "filter", chain: "input", expr: [it, { accept: null }] },
    })),
    sets: [],
  };
}
const dport = (protocol: string, ...ports: (number | object)[]) => ({
  match: { op: "==", left: { payload: { protocol, field: "dport" } }, right: { set: ports } },
});

describe("a packet filter of Linux", () => {
  test("that lets everything in is in order", async () => {
    const open = { chains: [], rules: [], sets: [] };
    expect(await row(linux({ ruleset: open }))).toMatchObject({ status: "ok", mend: null });
  });

  test("that drops warns with the exact rule for the chain that does", async () => {
    const { status, detail, mend } = await row(linux({ ruleset: dropping() }));
    expect(status).toBe("warn");
    expect(detail).toContain(
      "(nftables) drops what hosts send to UDP 67, UDP 4011, UDP 69, TCP 8421, TCP 5201-5208 on eth1",
    );
    expect(mend).toBe(
      "sudo nft insert rule inet filter input iifname eth1 udp dport '{ 67, 4011, 69 }' accept && sudo nft insert rule inet filter input iifname eth1 tcp dport '{ 8421, 5201-5208 }' accept",
    );
  });

  test("names only what it drops", async () => {
    const ruleset = dropping(dport("udp", 67, 69), dport("tcp", 8421, { range: [5201, 5208] }));
    const { detail } = await row(linux({ ruleset }));
    expect(detail).toContain("drops what hosts send to UDP 4011 on eth1");
  });

  test("that is not wholly understood only seems to drop", async () => {
    const ruleset = parseNftRuleset(fixture("iptables-as-nft.json"));
    const { status, detail } = await row(linux({ ruleset }), { lab: { pxePort: 5000 } });
    expect(status).toBe("warn");
    expect(detail).toContain("seems to drop what hosts send to UDP 67");
  });

  test("that has the rule of the mend is in order", async () => {
    const ruleset = dropping(
      dport("udp", 67, 4011, 69),
      dport("tcp", 8421, { range: [5201, 5208] }),
    );
    expect((await row(linux({ ruleset }))).status).toBe("ok");
  });

  test("of iptables gets its rule in iptables' words, and is in order with it", async () => {
    const before = fixture("iptables.txt");
    const config = { lab: { pxePort: 5000 } };
    const { detail, mend } = await row(linux({ ruleset: parseIptables(before) }), config);
    expect(detail).toContain("(iptables) drops what hosts send to UDP 5000 on eth1");
    expect(mend).toBe(
      "sudo iptables -I INPUT -i eth1 -p udp -m multiport --dports 67,5000,69 -j ACCEPT && sudo iptables -I INPUT -i eth1 -p tcp -m multiport --dports 8421,5201:5208 -j ACCEPT",
    );
    const added = mend!
      .split(" && ")
      .map((it) => it.replace("sudo iptables -I", "-A"))
      .join("\n");
    const after = before.replace("-A INPUT -i lo", `${added}\n-A INPUT -i lo`);
    expect((await row(linux({ ruleset: parseIptables(after) }), config)).status).toBe("ok");
  });

  test("kept by ufw gets its rule in ufw's words, or it would be gone at the next reload", async () => {
    const { detail, mend } = await row(linux({ manager: "ufw", ruleset: dropping() }));
    expect(detail).toContain("(ufw) drops");
    expect(mend).toBe(
      "sudo ufw allow in on eth1 proto udp to any port 67,4011,69 && sudo ufw allow in on eth1 proto tcp to any port 8421,5201:5208",
    );
  });

  test("kept by ufw whose rules this user may not read warns all the same", async () => {
    const { status, detail, mend } = await row(linux({ manager: "ufw" }));
    expect(status).toBe("warn");
    expect(detail).toContain("may not read its rules");
    expect(mend).toContain("sudo ufw allow in on eth1");
  });

  test("kept by firewalld is judged by the zone, and mended there for good", async () => {
    const zone = { name: "public", open: ["67/udp", "69/udp", "8421/tcp"], trusted: false };
    const { status, detail, mend } = await row(linux({ manager: "firewalld", zone }));
    expect(status).toBe("warn");
    expect(detail).toContain("does not let UDP 4011, TCP 5201-5208 in on eth1 (zone public)");
    expect(mend).toBe(
      "sudo firewall-cmd --permanent --zone=public --add-port=67/udp --add-port=4011/udp --add-port=69/udp --add-port=8421/tcp --add-port=5201-5208/tcp && sudo firewall-cmd --reload",
    );
    const trusted = { name: "trusted", open: [], trusted: true };
    expect((await row(linux({ manager: "firewalld", zone: trusted }))).status).toBe("ok");
    const wide = { name: "lab", open: ["1-65535/udp", "1-65535/tcp"], trusted: false };
    expect((await row(linux({ manager: "firewalld", zone: wide }))).status).toBe("ok");
  });

  test("is asked only for what is switched on", async () => {
    const lab = { proxyDhcp: false, tftp: false };
    const config = { lab, network: { iperfPeer: "10.20.0.7" } };
    const { mend } = await row(linux({ ruleset: dropping() }), config);
    expect(mend).toBe(
      "sudo nft insert rule inet filter input iifname eth1 tcp dport '{ 8421 }' accept",
    );
  });

  test("that does not show is told as it is", async () => {
    expect((await row(linux({}))).detail).toContain("No firewall of this machine shows");
  });
});

describe("elsewhere", () => {
  test("Windows without a rule gets one for every profile, Public too", async () => {
    const facts = { kind: "windows", profile: "Public", hasRule: false } as const;
    const { status, detail, mend } = await row(facts);
    expect(status).toBe("warn");
    expect(detail).toContain("takes the lab for a Public network");
    expect(mend).toContain("-Profile Any -Protocol UDP -LocalPort 67,4011,69");
    expect(mend).toContain("-Protocol TCP -LocalPort 8421,5201-5208");
    expect((await row({ ...facts, hasRule: true })).status).toBe("ok");
  });

  test("macOS asks by itself, and must be answered", async () => {
    expect((await row({ kind: "macos", on: true })).status).toBe("warn");
    expect((await row({ kind: "macos", on: false })).status).toBe("ok");
  });

  test("an unknown system is not guessed at", async () => {
    expect((await row({ kind: "unknown" })).status).toBe("ok");
  });

  test("without a lab address there is nothing to judge yet", async () => {
    const config = { lab: { address: null } };
    const { status, mend } = await row(linux({ ruleset: dropping() }), config);
    expect({ status, mend }).toEqual({ status: "ok", mend: null });
  });

  test("on loopback no packet filter stands between", async () => {
    const config = { lab: { address: "127.0.0.1" } };
    const { status } = await row(linux({ ruleset: dropping() }), config);
    expect(status).toBe("ok");
  });
});
