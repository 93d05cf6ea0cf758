import type { DoctorCheck } from "../../contract/console-api.ts";
import type { HeardServer } from "../lab/wire-probe.ts";
import { heardOnWire, listed, strangeBootFiles, type WireDeps } from "./wire-rows.ts";

/** Another ProxyDHCP would win over ours now and then, and nobody would know why. */
export async function checkRivalNetboot(deps: WireDeps): Promise<DoctorCheck> {
  const check = { id: "rival-netboot", title: "Other boot servers" };
  const heard = await heardOnWire(check, deps);
  if ("status" in heard) return heard;
  const { report, labAddress } = heard;
  // Ours does not answer this probe; were it to, its server identifier would be the lab address.
  const rivals = report.servers.filter(
    ({ role, address }) => role === "proxy" && address !== labAddress,
  );
  if (rivals.length === 0) {
    const detail = "No other ProxyDHCP answered on the lab interface.";
    return { ...check, status: "ok", detail, mend: null };
  }
  const detail = `Another ProxyDHCP answers firmware on this wire: ${listed(rivals.map((it) => described(it, labAddress)))}. A host takes whichever offer comes first, so some boots would go there and never reach Vetting. Switch it off, or keep it to another network.`;
  // There is no telling which program it is; who has the address can be found out.
  const mend = deps.privilege().platform === "linux" ? `ip neigh show ${rivals[0]?.address}` : null;
  return { ...check, status: "fail", detail, mend };
}

function described(server: HeardServer, labAddress: string): string {
  const files = strangeBootFiles(server, labAddress);
  return files.length === 0 ? server.address : `${server.address} (boot file ${listed(files)})`;
}
