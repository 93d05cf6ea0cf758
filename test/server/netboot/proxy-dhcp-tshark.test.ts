import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeDhcpPacket } from "../../../server/netboot/dhcp-packet.ts";
import { EVERY_REPLY, onDhcpPort, reply } from "./dhcp-answers.ts";
import { arch, discover } from "./dhcp-messages.ts";
import { pcapOf } from "./pcap.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vetting-dhcp-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What tshark prints about messages that we would send. */
function tshark(messages: readonly Uint8Array[], ...args: string[]): string[] {
  const file = join(folder, "sent.pcap");
  writeFileSync(file, pcapOf(messages, { from: 67, to: 68 }));
  return tsharkOn(file, ...args);
}
function tsharkOn(file: string, ...args: string[]): string[] {
  const out = execFileSync("tshark", ["-r", file, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return out.split("\n").filter(Boolean);
}
const everyMessage = () =>
  EVERY_REPLY.map(([, answer]) => encodeDhcpPacket(reply(answer()).packet));

test("another implementation reads every answer as DHCP, and finds nothing to remark on", () => {
  const messages = everyMessage();
  expect(tshark(messages, "-Y", "dhcp")).toHaveLength(messages.length);
  expect(tshark(messages, "-Y", "_ws.malformed or _ws.expert")).toEqual([]);
});

test("that check sees a message that is cut off", () => {
  const whole = everyMessage()[0] as Uint8Array;
  expect(tshark([whole.subarray(0, 243)], "-Y", "_ws.malformed or _ws.expert")).toHaveLength(1);
});

test("another implementation reads the values that were meant", () => {
  const offer = encodeDhcpPacket(reply(onDhcpPort(discover(arch(0)))).packet);
  const fields = [
    "option.dhcp",
    "option.dhcp_server_id",
    "option.vendor_class_id",
    "ip.server",
    "server",
    "file",
    "flags.bc",
    "client_id.uuid",
    "option.vendor.pxeclient.discovery_control",
  ];
  const [line] = tshark(
    [offer],
    "-T",
    "fields",
    ...fields.flatMap((field) => ["-e", `dhcp.${field}`]),
  );
  expect(line?.split("\t")).toEqual([
    "2",
    "10.0.0.1",
    "PXEClient",
    "10.0.0.1",
    "10.0.0.1",
    "undionly.kpxe",
    expect.stringMatching(/^(1|True)$/),
    "12345678-9abc-def0-1122-334455667788",
    expect.stringMatching(/^(8|0x08)$/),
  ]);
});

test.each(["bios-ipxe", "uefi-pxe", "uefi-http"])(
  "nor does it remark on what we sent in the captured exchange %s",
  (name) => {
    const file = join(import.meta.dirname, `../../fixtures/netboot/${name}.pcap`);
    const ours = "dhcp.type == 2 and ip.src == 10.77.0.1";
    expect(tsharkOn(file, "-Y", ours).length).toBeGreaterThan(1);
    expect(tsharkOn(file, "-Y", `${ours} and (_ws.malformed or _ws.expert)`)).toEqual([]);
  },
);
