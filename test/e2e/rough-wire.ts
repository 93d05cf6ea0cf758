import type { HostNamespace } from "./host-namespace.ts";

export interface Roughness {
  /** Of each direction's packets, in percent. */
  readonly lossPercent?: number;
  readonly duplicatePercent?: number;
}

/**
 * Makes a host's cable lose and duplicate packets, both ways. By `tc` with a random classifier, which is in every
 * kernel that has traffic control; netem is often not built in.
 */
export function roughen(host: HostNamespace, { lossPercent = 0, duplicatePercent = 0 }: Roughness) {
  if (lossPercent === 0 && duplicatePercent === 0) return;
  // What is lost goes down a cable at whose other end nobody listens.
  host.exec("ip link add sink type veth peer name drain".split(" "));
  for (const end of ["sink", "drain"]) host.exec(["ip", "link", "set", end, "up"]);
  host.exec("tc qdisc add dev eth0 clsact".split(" "));
  for (const direction of ["ingress", "egress"]) {
    const filter = (priority: number, percent: number, action: string) => {
      if (percent === 0) return;
      const rule = `tc filter add dev eth0 ${direction} protocol ip prio ${priority} bpf bytecode`;
      host.exec([
        ...rule.split(" "),
        chance(percent),
        ..."action mirred".split(" "),
        ...action.split(" "),
      ]);
    };
    filter(1, lossPercent, "egress redirect dev sink");
    filter(2, duplicatePercent, `${direction} mirror dev eth0`);
  }
}

/** Classic BPF that matches so many packets of a hundred: loads a random word (SKF_AD_RANDOM) and compares it. */
function chance(percent: number): string {
  const below = Math.round((percent / 100) * 2 ** 32);
  const instructions = ["32 0 0 4294963256", `53 1 0 ${below}`, "6 0 0 4294967295", "6 0 0 0"];
  return [instructions.length, ...instructions].join(",");
}
