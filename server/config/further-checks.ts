import type { VettingConfig } from "../../contract/vetting-config.ts";
import { parseIperfPeer } from "../lab/iperf-peer.ts";
import type { Issue } from "./config-problem.ts";

/** What no single key can tell. */
export function furtherProblems(config: VettingConfig): Issue[] {
  return [...repeatedSpecs(config), ...unusableLimits(config), ...unreadablePeer(config)];
}

function repeatedSpecs({ specs }: VettingConfig): Issue[] {
  return specs.flatMap(({ name }, index) =>
    specs.findIndex((spec) => spec.name === name) === index
      ? []
      : [issue(["vetting", "specs", index, "name"], "expected a name that no other spec has")],
  );
}

function unusableLimits({ thresholds }: VettingConfig): Issue[] {
  return thresholds.flatMap(({ min, max }, index) =>
    min !== undefined && typeof max === "number" && min > max
      ? [issue(["vetting", "thresholds", index, "min"], `expected at most max, which is ${max}`)]
      : [],
  );
}

function unreadablePeer({ network }: VettingConfig): Issue[] {
  if (network.iperfPeer === null || parseIperfPeer(network.iperfPeer) !== null) return [];
  return [issue(["vetting", "network", "iperfPeer"], "expected host or host:port")];
}

function issue(path: Issue["path"], message: string): Issue {
  return { path, message };
}
