import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  startTftpServer,
  type TftpEvent,
  type TftpServerDeps,
} from "../../../server/netboot/tftp-server.ts";
import { MOST_TRANSFERS } from "../../../server/netboot/tftp-transfers.ts";
import { TftpClient } from "./tftp-client.ts";
import { ack, error, pattern, request } from "./tftp-wire.ts";

const LOADER = pattern(1300);

async function server(deps: Partial<TftpServerDeps> = {}) {
  const events: TftpEvent[] = [];
  const warnings: string[] = [];
  const asked: string[] = [];
  const started = await startTftpServer({
    address: "127.0.0.1",
    port: 0,
    file: (name) => {
      asked.push(name);
      return name === "ipxe.efi" ? LOADER : null;
    },
    onEvent: (event) => events.push(event),
    warn: (text) => warnings.push(text),
    ...deps,
  });
  onTestFinished(() => started.close());
  const port = started.port ?? 0;
  const client = async () => {
    const opened = await new TftpClient(port).open();
    onTestFinished(() => opened.close());
    return opened;
  };
  return { server: started, port, events, warnings, asked, client };
}

describe("a transfer", () => {
  test("brings the file, and its end is told with size and time", async () => {
    const { client, events } = await server();
    const host = await client();
    expect((await host.fetch("ipxe.efi")).equals(LOADER)).toBe(true);
    await expect.poll(() => events).toHaveLength(1);
    expect(events[0]).toEqual({
      kind: "completed",
      address: "127.0.0.1",
      file: "ipxe.efi",
      bytes: 1300,
      ms: expect.any(Number),
    });
  });

  test("has a socket of its own, bound to the address that was asked", async () => {
    const { client, port } = await server({ address: "127.0.0.2" }).then(async (lab) => {
      const host = await new TftpClient(lab.port, "127.0.0.2").open();
      const other = await new TftpClient(lab.port, "127.0.0.2").open();
      onTestFinished(() => {
        host.close();
        other.close();
      });
      await host.ask(request("ipxe.efi"));
      await other.ask(request("ipxe.efi"));
      return { client: [host, other], port: lab.port };
    });
    expect(client.map(({ heard }) => heard[0]?.from.address)).toEqual(["127.0.0.2", "127.0.0.2"]);
    expect(new Set([port, ...client.map(({ peer }) => peer)]).size).toBe(3);
  });

  test("in netascii has its lines ended in CR LF, and no tsize", async () => {
    const { client } = await server({ file: () => Buffer.from("#!ipxe\ndhcp\n") });
    const host = await client();
    const asked = request("autoexec.ipxe", { tsize: 0 }, { mode: "netascii" });
    expect(await host.ask(asked)).toBe("DATA 1 (14)");
    expect(host.heard[0]?.packet.subarray(4).toString()).toBe("#!ipxe\r\ndhcp\r\n");
  });

  test("goes on when a stranger's packet comes, who is told ERROR 5", async () => {
    const { client } = await server();
    const [host, stranger] = [await client(), await client()];
    await host.ask(request("ipxe.efi"));
    expect(await stranger.ask(ack(1), host.peer)).toBe("ERROR 5 Unknown transfer ID");
    // An error is not answered; the ACK after it shows that it was read.
    stranger.send(error(5, ""), host.peer);
    expect(await stranger.ask(ack(2), host.peer)).toBe("ERROR 5 Unknown transfer ID");
    expect(await host.ask(ack(1), host.peer)).toBe("DATA 2 (512)");
    expect([...host.unread, ...stranger.unread]).toEqual([]);
  });

  test("that falls silent is told as failed", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { client, events } = await server();
    const host = await client();
    host.send(request("ipxe.efi"));
    await vi.waitFor(() => expect(host.heard).toHaveLength(1));
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual([
      expect.objectContaining({ kind: "failed", why: expect.stringContaining("never answered") }),
    ]);
  });
});

describe("a probe is no failure", () => {
  test("OVMF asks for the size with a whole request, then drops it and asks anew", async () => {
    const { client, events } = await server();
    const [probe, host] = [await client(), await client()];
    expect(await probe.ask(request("ipxe.efi", { tsize: 0, blksize: 1468, windowsize: 4 }))).toBe(
      "OACK tsize=1300 blksize=1468 windowsize=4",
    );
    probe.send(error(0, "User aborted download"), probe.peer);
    expect(await host.ask(request("ipxe.efi", { blksize: 1468, windowsize: 4 }))).toBe(
      "OACK blksize=1468 windowsize=4",
    );
    expect(await host.ask(ack(0), host.peer)).toBe("DATA 1 (1300)");
    host.send(ack(1), host.peer);
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["probe", "completed"]);
  });

  test("nor is iPXE's `TFTP Aborted`", async () => {
    const { client, events } = await server();
    const host = await client();
    expect(await host.ask(request("ipxe.efi", { blksize: 1432, tsize: 0 }))).toBe(
      "OACK blksize=1432 tsize=1300",
    );
    host.send(error(0, "TFTP Aborted"), host.peer);
    await expect
      .poll(() => events)
      .toEqual([{ kind: "probe", address: "127.0.0.1", file: "ipxe.efi" }]);
  });
});

describe("a client that asks again", () => {
  test("gets one transfer for duplicate requests", async () => {
    const { client, asked, events } = await server();
    const host = await client();
    for (let copy = 0; copy < 5; copy += 1) host.send(request("ipxe.efi", { blksize: 512 }));
    expect(await host.answer()).toBe("OACK blksize=512");
    // A copy that was late on the way.
    expect(await host.ask(ack(0), host.peer)).toBe("DATA 1 (512)");
    host.send(request("ipxe.efi", { blksize: 512 }));
    expect(await host.ask(ack(1), host.peer)).toBe("DATA 2 (512)");
    expect(await host.ask(ack(2), host.peer)).toBe("DATA 3 (276)");
    host.send(ack(3), host.peer);
    await expect.poll(() => events).toHaveLength(1);
    expect(asked).toEqual(["ipxe.efi"]);
    expect(host.unread).toEqual([]);
  });

  test("from the same port for something else has dropped the first", async () => {
    const { client } = await server();
    const host = await client();
    await host.ask(request("ipxe.efi"));
    const first = host.peer;
    expect(await host.ask(request("ipxe.efi", { blksize: 1468 }))).toBe("OACK blksize=1468");
    expect(host.peer).not.toBe(first);
  });

  test("for the same, from the same port, after a standstill has begun anew", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { client, asked } = await server();
    const host = await client();
    const asks = request("ipxe.efi");
    await host.ask(asks);
    await host.ask(ack(1), host.peer);
    vi.advanceTimersByTime(1000);
    host.send(asks);
    expect(await host.ask(ack(2), host.peer)).toBe("DATA 3 (276)");
    vi.advanceTimersByTime(2100);
    expect(await host.ask(asks)).toMatch(/^DATA [13]/);
    await expect.poll(() => asked).toHaveLength(2);
  });
});

describe("what is refused", () => {
  test("an unknown file: ERROR 1", async () => {
    const { client, events } = await server();
    const host = await client();
    expect(await host.ask(request("pxelinux.0"))).toBe("ERROR 1 File not found");
    expect(events).toEqual([
      { kind: "refused", address: "127.0.0.1", file: "pxelinux.0", why: "File not found" },
    ]);
  });

  test("a write: ERROR 2, and nothing is written", async () => {
    const { client, events, asked } = await server();
    const host = await client();
    expect(await host.ask(request("ipxe.efi", {}, { opcode: 2 }))).toBe(
      "ERROR 2 Nothing is written here",
    );
    expect(await host.ask(Buffer.from([0, 3, 0, 1, 9, 9]))).toBe("ERROR 5 Unknown transfer ID");
    expect(await host.fetch("ipxe.efi")).toEqual(LOADER);
    expect(events[0]).toMatchObject({ kind: "refused", file: "ipxe.efi" });
    expect(asked).toEqual(["ipxe.efi"]);
  });

  test("mail and other modes, and what is no TFTP: ERROR 4", async () => {
    const { client, events } = await server();
    const host = await client();
    expect(await host.ask(request("ipxe.efi", {}, { mode: "mail" }))).toBe(
      "ERROR 4 Unknown transfer mode",
    );
    expect(await host.ask(Buffer.from("GET / HTTP/1.1"))).toBe("ERROR 4 Illegal TFTP operation");
    expect(events).toHaveLength(1);
  });

  test("an option that cannot be read: ERROR 8", async () => {
    const { client, events } = await server();
    const host = await client();
    expect(await host.ask(request("ipxe.efi", { blksize: "large" }))).toBe(
      "ERROR 8 Bad value of blksize",
    );
    expect(events).toEqual([expect.objectContaining({ kind: "refused" })]);
  });

  test("an error at the listening port is never answered", async () => {
    const { client } = await server();
    const host = await client();
    host.send(error(4, "Illegal TFTP operation"));
    expect(await host.ask(request("x"))).toBe("ERROR 1 File not found");
  });

  test("a path is a name of the allow-list or nothing: no file system is asked", async () => {
    const { client, asked } = await server();
    const host = await client();
    for (const path of ["../../etc/passwd", "/etc/passwd", "//ipxe.efi", "ipxe.efi/", "IPXE.EFI"]) {
      expect(await host.ask(request(path))).toBe("ERROR 1 File not found");
    }
    expect(asked).toEqual(["../../etc/passwd", "etc/passwd", "/ipxe.efi", "ipxe.efi/", "IPXE.EFI"]);
    expect(await host.ask(request("\\ipxe.efi"))).toBe("DATA 1 (512)");
  });

  test("by the thousand floods nobody's log", async () => {
    const { client, events, warnings } = await server();
    const host = await client();
    for (let index = 0; index < 300; index += 1) await host.ask(request(`name-${index}`));
    expect(events).toHaveLength(100);
    expect(warnings).toHaveLength(1);
  });
});

test("no more transfers run at once than there is room for; further clients wait unanswered", async () => {
  const { client, warnings, events } = await server();
  const hosts = await Promise.all(Array.from({ length: MOST_TRANSFERS }, client));
  for (const host of hosts) await host.ask(request("ipxe.efi"));
  const late = await client();
  late.send(request("ipxe.efi"));
  late.send(request("ipxe.efi"));
  await expect.poll(() => warnings).toHaveLength(1);
  hosts[0]?.send(error(0, "TFTP Aborted"), hosts[0].peer);
  await expect.poll(() => events).toHaveLength(1);
  expect(late.heard).toEqual([]);
  expect(await late.ask(request("ipxe.efi"))).toBe("DATA 1 (512)");
});

describe("the port", () => {
  test("that another program has is a failure with its code, not an exception", async () => {
    const other = createSocket("udp4").bind(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { server: started } = await server({ port: other.address().port });
    expect(started).toMatchObject({ port: null, failure: "EADDRINUSE" });
  });

  test("on an address that is not ours is a failure as well", async () => {
    // 192.0.2.0/24 is for documentation [RFC 5737].
    const { server: started } = await server({ address: "192.0.2.254" });
    expect(started).toMatchObject({ port: null, failure: "EADDRNOTAVAIL" });
  });

  test("is free again after close, which drops what runs", async () => {
    const { server: started, port, client, events } = await server();
    const host = await client();
    await host.ask(request("ipxe.efi"));
    await started.close();
    await started.close();
    const next = await server({ port });
    expect(next.port).toBe(port);
    expect(events).toEqual([]);
  });
});
