import type { NftRule, NftRuleset } from "./nft-ruleset.ts";

/** Where `iptables -S` and nftables' own words for iptables' tables meet. */
const TABLE = { family: "ip", table: "filter" } as const;

type Expression = NftRule["expr"][number];

/** Reads `iptables -S` as the nftables ruleset that says the same; what is not understood stays as `xt`. */
export function parseIptables(text: string | null): NftRuleset | null {
  if (text === null || !/^-P INPUT /m.test(text)) return null;
  const chains: NftRuleset["chains"][number][] = [];
  const rules: NftRule[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().match(/"[^"]*"|\S+/g) ?? [];
    const [command, chain = "", policy] = words;
    if (command === "-P") {
      const hook = chain === "INPUT" ? "input" : "other";
      chains.push({ ...TABLE, name: chain, hook, policy: policy?.toLowerCase() });
    }
    if (command === "-N") chains.push({ ...TABLE, name: chain });
    if (command === "-A") rules.push({ ...TABLE, chain, expr: expressions(words.slice(2)) });
  }
  return { chains, rules, sets: [] };
}

/** Options of iptables-extensions(8) that say what kind of words follow, or that change nothing about a verdict. */
const SKIPPED: Readonly<Record<string, number>> = { "-m": 1, "--comment": 1 };

function expressions(words: readonly string[]): Expression[] {
  const found: Expression[] = [];
  let protocol = "th";
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const not = word === "!";
    const option = not ? (words[at + 1] ?? "") : word;
    const value = words[at + (not ? 2 : 1)] ?? "";
    const match = (left: unknown, right: unknown) =>
      found.push({ match: { op: not ? "!=" : "==", left, right } });
    if (option === "-i") match({ meta: { key: "iifname" } }, value.replace(/\+$/, "*"));
    else if (option === "-p") {
      protocol = value;
      match({ meta: { key: "l4proto" } }, value);
    } else if (["--dport", "--dports"].includes(option)) {
      match({ payload: { protocol, field: "dport" } }, { set: value.split(",").map(portOrRange) });
    } else if (["--ctstate", "--state"].includes(option)) {
      match({ ct: { key: "state" } }, value.toLowerCase().split(","));
    } else if (option === "-s") {
      const [addr = "", length = "32"] = value.split("/");
      match(
        { payload: { protocol: "ip", field: "saddr" } },
        { prefix: { addr, len: Number(length) } },
      );
    } else if (option === "-j" || option === "-g") {
      found.push(...target(option, value));
      break;
    } else if (!(option in SKIPPED)) {
      found.push({ xt: { type: "match", name: option } });
    }
    at += not ? 2 : 1;
  }
  return found;
}

function target(option: string, name: string): Expression[] {
  if (["ACCEPT", "DROP", "REJECT", "RETURN"].includes(name))
    return [{ [name.toLowerCase()]: null }];
  if (["LOG", "NFLOG"].includes(name)) return [{ log: null }];
  return [{ [option === "-g" ? "goto" : "jump"]: { target: name } }];
}

/** 67 or 67:69 */
function portOrRange(text: string): unknown {
  const [from = Number.NaN, to] = text.split(":").map(Number);
  return to === undefined ? from : { range: [from, to] };
}
