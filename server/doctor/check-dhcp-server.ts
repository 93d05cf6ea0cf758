import type { DoctorCheck } from "../../contract/console-api.ts";
import { heardOnWire, listed, sendsHere, strangeBootFiles, type WireDeps } from "./wire-rows.ts";

/** The lab has a DHCP server, which the console needs and is not. */
export async function checkDhcpServer(deps: WireDeps): Promise<DoctorCheck> {
  const check = { id: "dhcp-server", title: "DHCP server of the lab" };
  const heard = await heardOnWire(check, deps);
  if ("status" in heard) return heard;
  const { report, labAddress } = heard;
  const { proxyDhcp } = deps.config.lab;
  const servers = report.servers.filter(({ role }) => role === "dhcp");
  if (servers.length === 0) {
    const detail =
      "No DHCP server answered on the lab interface. The console hands out no addresses itself, so hosts need one beside it. One that serves known machines only does not answer this check, and is no mistake.";
    return { ...check, status: "warn", detail, mend: null };
  }
  const boots = servers.filter((it) => strangeBootFiles(it, labAddress).length > 0);
  if (boots.length > 0) {
    const what = boots.map(
      (it) => `${it.address} hands out the boot file ${listed(strangeBootFiles(it, labAddress))}`,
    );
    const detail = proxyDhcp
      ? `The DHCP server ${listed(what)} together with addresses. A host that takes it boots that instead of Vetting; which one wins differs by firmware. Remove the boot options (next-server, options 66 and 67) from the DHCP server.`
      : `ProxyDHCP is switched off here, and the DHCP server ${listed(what)}, which does not lead to this console. Name ${labAddress} as its next-server (option 66), or switch ProxyDHCP on.`;
    return { ...check, status: "warn", detail, mend: null };
  }
  if (!proxyDhcp && !servers.some((it) => sendsHere(it, labAddress))) {
    const detail = `ProxyDHCP is switched off here, and the DHCP server at ${listed(servers.map(({ address }) => address))} names no boot file either: no host is told to boot from this console. Switch ProxyDHCP on, or name ${labAddress} as its next-server (option 66).`;
    return { ...check, status: "warn", detail, mend: null };
  }
  if (servers.length > 1) {
    const detail = `${servers.length} DHCP servers answered: ${listed(servers.map(({ address }) => address))}. Hosts take whichever is first; if they do not belong together, switch one off.`;
    return { ...check, status: "warn", detail, mend: null };
  }
  const [server] = servers;
  const here = server?.address === labAddress ? ", on this machine" : "";
  const detail = `${server?.address} answered${here}, and leaves booting to this console.`;
  const told = `${server?.address} answered${here}, and sends hosts to this console.`;
  const sends = servers.some((it) => sendsHere(it, labAddress));
  return { ...check, status: "ok", detail: sends ? told : detail, mend: null };
}
