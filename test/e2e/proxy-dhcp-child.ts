import { startProxyDhcp } from "../../server/netboot/proxy-dhcp-server.ts";

// A ProxyDHCP as a program, to be started in a namespace: `node proxy-dhcp-child.ts LAB_ADDRESS [MAC…]`.
// Answers the MACs named, or everyone; prints its ports and then every event as a line of JSON.

const [labAddress = "", ...macs] = process.argv.slice(2);
let waiting = "";
/** All that comes in one turn goes out in one write: benchmarks run this too. */
function print(value: unknown): void {
  if (waiting === "") {
    setImmediate(() => {
      process.stdout.write(waiting);
      waiting = "";
    });
  }
  waiting += `${JSON.stringify(value)}\n`;
}
const { dhcpPort, pxePort, failures } = await startProxyDhcp({
  labAddress,
  dhcpPort: 67,
  pxePort: 4011,
  labUrl: () => `http://${labAddress}:8421`,
  hasBootFile: () => true,
  mayBoot: ({ mac }) => macs.length === 0 || macs.includes(mac),
  onEvent: print,
  warn: (text) => print({ kind: "warning", text }),
});
print({ kind: "ready", dhcpPort, pxePort, failures });
