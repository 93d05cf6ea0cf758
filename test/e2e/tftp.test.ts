import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTftpServer, type TftpServer } from "../../server/netboot/tftp-server.ts";
import { pattern } from "../server/netboot/tftp-wire.ts";
import { HostNamespace } from "./host-namespace.ts";
import { type Roughness, roughen } from "./rough-wire.ts";

/** Other people's clients, each in a host of its own behind a real cable, fetch from our server byte for byte. */

/** Empty, and exact multiples of 512 and of 1468: as much as a lock-step client gets over a lossy wire in a test. */
const SMALL = [0, 512 * 8, 1468 * 16];
/** More than a window of 64. */
const SIZES = [...SMALL, 1468 * 64 + 1];
const ODD = 200_003;
/** Beyond 65535 blocks of 8 bytes, and of 512. */
const ROLL_OVER = 8 * 66_000 + 5;
const ROLL_OVER_512 = 512 * 66_000 + 5;
const FILES: ReadonlyMap<string, Buffer> = new Map(
  [...SIZES, ODD, ROLL_OVER, ROLL_OVER_512].map((size) => [`${size}.bin`, pattern(size)]),
);

interface Client {
  readonly client: string;
  /** The command that fetches NAME from ADDRESS:PORT into OUT; each asks again within a second or so. */
  readonly command: (name: string, address: string, port: number, out: string) => string[];
}
const curl = (blksize: number): Client => ({
  client: `curl, blksize ${blksize}`,
  command: (name, address, port, out) => [
    ...["curl", "-sS", "--connect-timeout", "3", "--tftp-blksize", `${blksize}`],
    ...["-o", out, `tftp://${address}:${port}/${name}`],
  ],
});
const atftp = (blksize: number, windowsize: number): Client => ({
  client: `atftp, blksize ${blksize}, windowsize ${windowsize}`,
  command: (name, address, port, out) => [
    ...["atftp", "--option", `blksize ${blksize}`, "--option", `windowsize ${windowsize}`],
    ...["--option", "disable timeout", "--tftp-timeout", "1"],
    ...["-g", "-r", name, "-l", out, address, `${port}`],
  ],
});
const tftpHpa: Client = {
  client: "tftp-hpa",
  command: (name, address, port, out) => [
    ...["tftp", "-m", "binary", address, `${port}`, "-c", "get", name, out],
  ],
};

/** atftp gives up on a repeated OACK, which a lost ACK 0 must cause; its user would call it again. */
const ATFTP_GAVE_UP = /unexpected OACK/;

interface Lab {
  readonly host: HostNamespace;
  readonly port: number;
}

describe("TFTP to other people's clients", () => {
  const folder = mkdtempSync(join(tmpdir(), "vetting-tftp-"));
  const hosts: HostNamespace[] = [];
  const servers: TftpServer[] = [];
  let fetched = 0;
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    for (const host of hosts) host.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A host on a wire of its own, and our server at the other end of it. */
  async function lab(roughness: Roughness): Promise<Lab> {
    const host = new HostNamespace(hosts.length);
    hosts.push(host);
    roughen(host, roughness);
    const server = await startTftpServer({
      address: host.labAddress,
      port: 0,
      file: (name) => FILES.get(name) ?? null,
      onEvent: () => {},
      warn: (text) => {
        throw new Error(text);
      },
    });
    servers.push(server);
    return { host, port: server.port ?? 0 };
  }

  /** What a client got and said. */
  async function fetch(
    { host, port }: Lab,
    { command }: Client,
    name: string,
  ): Promise<{ bytes: Buffer; said: string }> {
    fetched += 1;
    const out = join(folder, `${fetched}`);
    const child = host.spawn(["timeout", "100", ...command(name, host.labAddress, port, out)], {});
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        said += chunk;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    try {
      return { bytes: readFileSync(out), said };
    } catch {
      return { bytes: Buffer.from(`no file; exit ${code}`), said };
    }
  }

  async function getsEvery(client: Client, on: Lab, sizes: readonly number[]) {
    for (const size of sizes) {
      const name = `${size}.bin`;
      let got = await fetch(on, client, name);
      while (ATFTP_GAVE_UP.test(got.said)) got = await fetch(on, client, name);
      // Not by `expect`, which would print them.
      const same = got.bytes.equals(FILES.get(name) ?? Buffer.from("?"));
      expect(same, `${name}: ${got.bytes.length} bytes came. ${got.said}`).toBe(true);
    }
  }

  describe("over a clean wire", () => {
    let on: Lab;
    beforeAll(async () => {
      on = await lab({});
    });

    test.concurrent.each([
      curl(512),
      curl(1468),
      atftp(512, 1),
      atftp(1468, 16),
      atftp(1468, 64),
      tftpHpa,
    ])("$client gets every file", (client) => getsEvery(client, on, [...SIZES, ODD]));

    test.concurrent.each([
      { ...curl(8), size: ROLL_OVER },
      { ...atftp(8, 64), size: ROLL_OVER },
      { ...tftpHpa, size: ROLL_OVER_512 },
    ])("$client gets a file beyond the roll-over of block numbers", ({ size, ...client }) =>
      getsEvery(client, on, [size]),
    );
  });

  describe.each<[string, Roughness]>([
    ["1 % loss", { lossPercent: 1 }],
    ["5 % loss", { lossPercent: 5 }],
    ["10 % duplicates", { duplicatePercent: 10 }],
    ["3 % loss and 10 % duplicates", { lossPercent: 3, duplicatePercent: 10 }],
  ])("over a wire with %s", (_wire, roughness) => {
    let on: Lab;
    beforeAll(async () => {
      on = await lab(roughness);
    });

    test.concurrent.each([curl(512), curl(1468), atftp(512, 1), tftpHpa])(
      "$client gets every file",
      (client) => getsEvery(client, on, SMALL),
    );

    test.concurrent.each([atftp(1468, 16), atftp(1468, 64)])("$client gets every file", (client) =>
      getsEvery(client, on, SIZES),
    );
  });
});
