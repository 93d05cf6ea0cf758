import { createSocket } from "node:dgram";
import { describe, expect, onTestFinished, test } from "vitest";
import { AddressBook } from "../../../server/netboot/address-book.ts";
import { startNetbootServices } from "../../../server/netboot-services.ts";
import type { NetbootSighting } from "../../../server/run/boot-timeline.ts";

const MAC = "52:54:00:12:34:56";
const LAB = {
  address: "127.0.0.1",
  httpPort: 8421,
  tftpPort: 0,
  dhcpPort: 0,
  pxePort: 0,
  tftp: true,
  proxyDhcp: true,
};

async function services(
  lab: Partial<Omit<typeof LAB, "address">> & { address?: string | null } = {},
) {
  const sightings: NetbootSighting[] = [];
  const addresses = new AddressBook();
  const started = await startNetbootServices({
    lab: { ...LAB, ...lab },
    labUrl: () => "http://127.0.0.1:8421",
    bootFiles: {
      loader: (name) => (name === "snponly.efi" ? Buffer.from("MZ loader") : null),
      resolve: (name) => (name === "snponly.efi" ? name : null),
    },
    addresses,
    service: { mayNetboot: () => true, noteSighting: (sighting) => void sightings.push(sighting) },
    warn: () => {},
  });
  onTestFinished(() => started.close());
  return { ...started, sightings, addresses };
}

/** A read request of one block, and the data that came back; null for an error packet. */
function fetchByTftp(port: number | null, file: string): Promise<string | null> {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  return new Promise((resolve) => {
    socket.on("message", (packet, from) => {
      const opcode = packet.readUInt16BE(0);
      if (opcode !== 3) return resolve(null);
      // The acknowledgement of block 1 ends the transfer: everything here is shorter than a block.
      socket.send(Buffer.from([0, 4, 0, 1]), from.port, from.address);
      resolve(packet.subarray(4).toString());
    });
    socket.send(Buffer.from(`\0\x01${file}\0octet\0`), port ?? 0, "127.0.0.1");
  });
}

describe("the netboot services", () => {
  test("listen on all three ports", async () => {
    const { ports } = await services();
    expect(Object.values(ports).every((port) => typeof port === "number" && port > 0)).toBe(true);
  });

  test("leave out what is switched off", async () => {
    expect((await services({ proxyDhcp: false })).ports).toMatchObject({ dhcp: null, pxe: null });
    expect((await services({ tftp: false })).ports.tftp).toBeNull();
    expect((await services({ address: null })).ports).toEqual({
      dhcp: null,
      pxe: null,
      tftp: null,
    });
  });

  test("hand boot loaders over TFTP, and the script that a newer iPXE looks for; nothing else", async () => {
    const { ports } = await services();
    expect(await fetchByTftp(ports.tftp, "snponly.efi")).toBe("MZ loader");
    expect(await fetchByTftp(ports.tftp, "autoexec.ipxe")).toMatch(
      /^#!ipxe\ndhcp .*chain --replace http:\/\/127\.0\.0\.1:8421\/boot\.ipxe/s,
    );
    expect(await fetchByTftp(ports.tftp, "filesystem.squashfs")).toBeNull();
  });

  test("a boot loader that was fetched is a step of the boot of the machine with that address", async () => {
    const { ports, addresses, sightings } = await services();
    await fetchByTftp(ports.tftp, "snponly.efi");
    addresses.remember("127.0.0.1", MAC);
    await fetchByTftp(ports.tftp, "snponly.efi");
    await expect
      .poll(() => sightings)
      .toMatchObject([
        { mac: MAC, step: "boot_file", detail: "snponly.efi (TFTP)", speaker: "firmware" },
      ]);
  });
});
