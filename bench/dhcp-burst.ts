import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";
import { DHCP_OPTION } from "../server/netboot/dhcp-options.ts";
import {
  broadcastRequest,
  decodeDhcpPacket,
  encodeDhcpPacket,
} from "../server/netboot/dhcp-packet.ts";

// Many hosts that are powered on at once, as a program in a namespace: for every line on stdin it sends so many
// DISCOVERs and prints, as a line of JSON, how long each took to its OFFER; one that got none is not in it.

const HOSTS = Number(process.argv[2]);
/** What firmware waits for offers before it asks again. */
const PATIENCE_MS = 4000;

const socket = createSocket({
  type: "udp4",
  recvBufferSize: 1 << 20,
  // Out at once, without a turn through the resolver that would be measured too.
  lookup: (address, _options, found) => found(null, address, 4),
});
const sentAt = new Map<number, number>();
let tookMs: number[] = [];
let finish = () => {};

socket.on("message", (bytes) => {
  const now = performance.now();
  const decoded = decodeDhcpPacket(bytes);
  if (!decoded.ok) return;
  const sent = sentAt.get(decoded.packet.xid);
  if (sent === undefined) return;
  sentAt.delete(decoded.packet.xid);
  tookMs.push(now - sent);
  if (sentAt.size === 0) finish();
});
// This program's own first steps are none of the server's business.
for (let warm = 0; warm < 5000; warm++) decodeDhcpPacket(discover(warm));
// Hears what is broadcast to all, and nothing else.
socket.bind(68, "255.255.255.255", () => {
  socket.setBroadcast(true);
  process.stdout.write("[]\n");
});

createInterface(process.stdin).on("line", () => {
  void burst();
});

async function burst(): Promise<void> {
  tookMs = [];
  sentAt.clear();
  const patience = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    finish = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const messages = Array.from({ length: HOSTS }, (_, index) => discover(index));
  for (const [xid, message] of messages.entries()) {
    sentAt.set(xid, performance.now());
    socket.send(message, 67, "255.255.255.255");
  }
  await patience;
  process.stdout.write(`${JSON.stringify(tookMs)}\n`);
}

/** The DISCOVER of a UEFI host, one like the other but for MAC and transaction. */
function discover(index: number): Uint8Array {
  const chaddr = Uint8Array.of(0x02, 0, 0, 0, index >> 8, index & 0xff);
  return encodeDhcpPacket(
    broadcastRequest({
      xid: index,
      chaddr,
      options: new Map([
        [DHCP_OPTION.messageType, Uint8Array.of(1)],
        [55, Uint8Array.of(1, 3, 6, 43, 60, 66, 67, 97)],
        [DHCP_OPTION.clientUuid, Uint8Array.of(0, ...chaddr, ...new Uint8Array(10))],
        [94, Uint8Array.of(1, 3, 0)],
        [DHCP_OPTION.clientArchitecture, Uint8Array.of(0, 7)],
        [DHCP_OPTION.vendorClass, Buffer.from("PXEClient:Arch:00007:UNDI:003000")],
      ]),
    }),
  );
}
