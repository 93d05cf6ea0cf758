import { z } from "zod";
import { ipv4Number } from "../netboot/ipv4.ts";
import { parsedOrNull } from "./run-tool.ts";

/** A packet that a host sends to this machine to begin something. */
export interface FirstPacket {
  readonly interfaceName: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** 0.0.0.0 for a machine that has no address yet. */
  readonly source: string;
}

export type FirewallChain = Pick<BaseChain, "family" | "table" | "name">;
/** `certain` is false when a rule was passed over that says more than is understood here. */
export type FirewallVerdict =
  | { readonly kind: "accepted"; readonly certain: boolean }
  | { readonly kind: "dropped"; readonly certain: boolean; readonly by: FirewallChain };

type Expression = Readonly<Record<string, unknown>>;
export interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr: readonly Expression[];
}
interface BaseChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string | undefined;
  readonly policy?: string | undefined;
}
/** What `nft -j list ruleset` tells, as far as it is needed [libnftables-json(5)]. */
export interface NftRuleset {
  readonly chains: readonly BaseChain[];
  readonly rules: readonly NftRule[];
  readonly sets: readonly {
    family: string;
    table: string;
    name: string;
    elem: readonly unknown[];
  }[];
}

const named = { family: z.string(), table: z.string() };
const chainSchema = z.object({
  ...named,
  name: z.string(),
  hook: z.string().optional(),
  policy: z.string().optional(),
});
const ruleSchema = z.object({
  ...named,
  chain: z.string(),
  expr: z.array(z.record(z.string(), z.unknown())),
});
const setSchema = z.object({ ...named, name: z.string(), elem: z.array(z.unknown()).default([]) });
const rulesetSchema = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });

/** Null when the text is not a ruleset. */
export function parseNftRuleset(text: string | null): NftRuleset | null {
  const parsed = rulesetSchema.safeParse(parsedOrNull(text));
  if (!parsed.success) return null;
  const all = <T>(key: string, schema: z.ZodType<T>): T[] =>
    parsed.data.nftables.flatMap((entry) => {
      const found = schema.safeParse(entry[key]);
      return found.success ? [found.data] : [];
    });
  return {
    chains: all("chain", chainSchema),
    rules: all("rule", ruleSchema),
    sets: [...all("set", setSchema), ...all("map", setSchema)],
  };
}

/** What becomes of a packet on the input hook: every base chain must let it pass. Looks only; asks no kernel. */
export function verdictOn(ruleset: NftRuleset, packet: FirstPacket): FirewallVerdict {
  let certain = true;
  const bases = ruleset.chains.filter(
    ({ hook, family }) => hook === "input" && ["ip", "inet"].includes(family),
  );
  for (const base of bases) {
    const walk = new Walk(ruleset, base, packet);
    const verdict = walk.through(base.name) ?? base.policy ?? "accept";
    certain &&= walk.certain;
    const { family, table, name } = base;
    if (verdict !== "accept") return { kind: "dropped", certain, by: { family, table, name } };
  }
  return { kind: "accepted", certain };
}

/** Deeper nesting than this the kernel itself refuses [NFT_JUMP_STACK_SIZE]. */
const DEEPEST_JUMP = 16;
/** Expressions that neither match nor decide. */
const SIDE_EFFECTS = ["counter", "log", "comment", "notrack", "mangle", "nflog"];
const DECIDING = ["accept", "drop", "reject", "return", "jump", "goto", "vmap"];
type Verdict = "accept" | "drop" | null;

class Walk {
  certain = true;
  readonly #ruleset: NftRuleset;
  readonly #base: BaseChain;
  readonly #packet: FirstPacket;

  constructor(ruleset: NftRuleset, base: BaseChain, packet: FirstPacket) {
    this.#ruleset = ruleset;
    this.#base = base;
    this.#packet = packet;
  }

  /** Null: the end of the chain was reached without a verdict. */
  through(chain: string, depth = 0): Verdict {
    if (depth > DEEPEST_JUMP) return null;
    const { family, table } = this.#base;
    const rules = this.#ruleset.rules.filter(
      (rule) => rule.family === family && rule.table === table && rule.chain === chain,
    );
    for (const { expr } of rules) {
      const outcome = this.#rule(expr, depth);
      if (outcome === "return") return null;
      if (outcome !== null) return outcome;
    }
    return null;
  }

  #rule(expressions: readonly Expression[], depth: number): Verdict | "return" {
    if (!expressions.some(mayDecide)) return null;
    // A rule that surely does not match need not be understood to its end.
    const matches = expressions.map((it) => this.#matches(it));
    if (matches.includes(false)) return null;
    if (matches.includes(null)) {
      this.certain = false;
      return null;
    }
    for (const expression of expressions) {
      const outcome = this.#decide(expression, depth);
      if (outcome !== null) return outcome;
    }
    return null;
  }

  #decide(expression: Expression, depth: number): Verdict | "return" {
    if ("accept" in expression) return "accept";
    if ("drop" in expression || "reject" in expression) return "drop";
    if ("return" in expression) return "return";
    const target = targetOf(expression.jump ?? expression.goto);
    if (target !== null) {
      const verdict = this.through(target, depth + 1);
      return verdict === null && "goto" in expression ? "return" : verdict;
    }
    return "vmap" in expression ? this.#lookUp(expression.vmap, depth) : null;
  }

  /** A verdict map: the first value that fits decides. */
  #lookUp(vmap: unknown, depth: number): Verdict | "return" {
    const { key, data } = (vmap ?? {}) as { key?: unknown; data?: unknown };
    for (const pair of this.#members(data)) {
      const [value, verdict] = Array.isArray(pair) ? pair : [];
      const equal = this.#equals(key, value);
      if (equal === true) return this.#decide(verdict as Expression, depth);
      if (equal === null) this.certain = false;
    }
    return null;
  }

  /** True or false when it is understood, null when it is not. */
  #matches(expression: Expression): boolean | null {
    const [kind = ""] = Object.keys(expression);
    if (kind === "match") {
      const { op, left, right } = expression.match as { op: string; left: unknown; right: unknown };
      const equal = this.#equals(left, right);
      if (equal === null) return null;
      if (op === "==" || op === "in") return equal;
      return op === "!=" ? !equal : null;
    }
    return DECIDING.includes(kind) || SIDE_EFFECTS.includes(kind) ? true : null;
  }

  #equals(left: unknown, right: unknown): boolean | null {
    const fact = this.#fact(left);
    if (fact === null) return null;
    if (fact === "other") return false;
    return this.#members(right).some((member) => fits(fact, member));
  }

  /** What the packet has where the rule looks; "other": surely not this packet; null: not known here. */
  #fact(left: unknown): string | number | "other" | null {
    const { meta, payload, ct } = (left ?? {}) as {
      meta?: { key: string };
      payload?: { protocol: string; field: string };
      ct?: { key: string };
    };
    const { interfaceName, protocol, port, source } = this.#packet;
    if (meta?.key === "iifname" || meta?.key === "iif") return interfaceName;
    if (meta?.key === "l4proto") return protocol;
    if (meta?.key === "nfproto") return "ipv4";
    if (ct?.key === "state") return "new";
    if (payload === undefined) return null;
    const { protocol: layer, field } = payload;
    if (layer === "tcp" || layer === "udp" || layer === "th") {
      if (layer !== "th" && layer !== protocol) return "other";
      return field === "dport" ? port : null;
    }
    if (layer === "icmp" || layer === "icmpv6" || layer === "ip6") return "other";
    if (layer === "ip" && field === "protocol") return protocol;
    return layer === "ip" && field === "saddr" ? source : null;
  }

  /** The values on the right of a comparison, a named set's too. */
  #members(right: unknown): readonly unknown[] {
    if (typeof right === "string" && right.startsWith("@")) {
      const { family, table } = this.#base;
      const set = this.#ruleset.sets.find(
        (it) => it.family === family && it.table === table && it.name === right.slice(1),
      );
      return set?.elem ?? [];
    }
    if (Array.isArray(right)) return right;
    const { set } = (right ?? {}) as { set?: unknown };
    if (set === undefined) return [right];
    return Array.isArray(set) ? set : [set];
  }
}

/** A rule that only counts or logs is passed over, whatever it matches; `xt` may hide a target of iptables. */
function mayDecide(expression: Expression): boolean {
  const { xt } = expression as { xt?: { type?: string } };
  return (xt !== undefined && xt.type !== "match") || DECIDING.some((kind) => kind in expression);
}

function targetOf(jump: unknown): string | null {
  const { target } = (jump ?? {}) as { target?: unknown };
  return typeof target === "string" ? target : null;
}

function fits(fact: string | number, member: unknown): boolean {
  if (typeof member !== "object" || member === null) {
    if (typeof member === "string" && member.endsWith("*")) {
      return String(fact).startsWith(member.slice(0, -1));
    }
    return fact === member;
  }
  const { elem, range, prefix } = member as {
    elem?: { val: unknown };
    range?: [unknown, unknown];
    prefix?: { addr: string; len: number };
  };
  if (elem !== undefined) return fits(fact, elem.val);
  const number = typeof fact === "number" ? fact : ipv4Number(fact);
  if (number === null) return false;
  if (range !== undefined) {
    const [from, to] = range.map((end) =>
      typeof end === "number" ? end : ipv4Number(String(end)),
    );
    return from != null && to != null && number >= from && number <= to;
  }
  const network = prefix === undefined ? null : ipv4Number(prefix.addr);
  if (prefix === undefined || network === null) return false;
  const size = 2 ** (32 - prefix.len);
  return Math.floor(number / size) === Math.floor(network / size);
}
