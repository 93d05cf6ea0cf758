import { describe, expect, test } from "vitest";
import {
  GIVE_UP_AFTER_MS,
  LAST_ACK_WAIT_MS,
  TftpTransfer,
} from "../../../server/netboot/tftp-transfer.ts";
import { ack, error, inWords, pattern } from "./tftp-wire.ts";

interface Setting {
  readonly size?: number;
  readonly blksize?: number;
  readonly windowsize?: number;
  readonly timeoutS?: number | null;
  readonly optionAck?: boolean;
}

/** A transfer without a wire: what it sends is kept, its clock stands until it is moved. */
function transferOf({
  size = 1200,
  blksize = 512,
  windowsize = 1,
  timeoutS = null,
  optionAck = false,
}: Setting = {}) {
  let nowMs = 0;
  let sent: Buffer[] = [];
  const bytes = pattern(size);
  const transfer = new TftpTransfer({
    bytes,
    options: { blksize, windowsize, timeoutS },
    optionAck: optionAck ? Buffer.from([0, 6]) : null,
    send: (packet) => sent.push(Buffer.from(packet)),
    nowMs: () => nowMs,
  });
  /** What was sent since it was last asked. */
  const packets = () => {
    const since = sent;
    sent = [];
    return since;
  };
  const words = () => packets().map(inWords);
  return {
    transfer,
    bytes,
    packets,
    words,
    start: () => {
      transfer.start();
      return words();
    },
    ack: (block: number) => {
      transfer.receive(ack(block));
      return words();
    },
    receive: (packet: Uint8Array) => {
      transfer.receive(packet);
      return words();
    },
    askAgain: () => {
      transfer.askedAgain();
      return words();
    },
    /** Lets time pass as the server's sweep does; what was sent meanwhile, and when. */
    wait: (ms: number) => {
      const events: string[] = [];
      for (const until = nowMs + ms; nowMs < until; ) {
        nowMs += 10;
        transfer.tick();
        events.push(...words());
      }
      return events;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Runs a whole transfer with a client that takes every block in order; the file as it arrived. */
function received(setting: Setting): { blocks: number; file: Buffer; bytes: Buffer } {
  const { transfer, bytes, packets } = transferOf(setting);
  const windowsize = setting.windowsize ?? 1;
  const parts: Buffer[] = [];
  transfer.start();
  if (setting.optionAck === true) {
    packets();
    transfer.receive(ack(0));
  }
  while (transfer.end === null) {
    const window = packets();
    if (window.length === 0 || window.length > windowsize) throw new Error("no such window");
    for (const packet of window) {
      const number = (parts.length + 1) & 0xffff;
      // Not by `expect`, which is slow where there are hundreds of thousands.
      if (packet.readUInt16BE(2) !== number) throw new Error(`no block ${number}`);
      parts.push(packet.subarray(4));
    }
    transfer.receive(ack(parts.length));
  }
  expect(transfer.end).toEqual({ kind: "completed" });
  return { blocks: parts.length, file: Buffer.concat(parts), bytes };
}

describe("a file", () => {
  test("goes out block by block, each after the ACK of the one before", () => {
    const t = transferOf({ size: 1200 });
    expect(t.start()).toEqual(["DATA 1 (512)"]);
    expect(t.ack(1)).toEqual(["DATA 2 (512)"]);
    expect(t.ack(2)).toEqual(["DATA 3 (176)"]);
    expect(t.ack(3)).toEqual([]);
    expect(t.transfer.end).toEqual({ kind: "completed" });
  });

  test.each([
    [0, 1],
    [1, 1],
    [511, 1],
    [512, 2],
    [513, 2],
    [5120, 11],
  ])("of %i bytes takes %i blocks: an exact multiple ends with an empty one", (size, blocks) => {
    for (const windowsize of [1, 4, 64]) {
      const result = received({ size, windowsize });
      expect(result.blocks).toBe(blocks);
      expect(result.file.equals(result.bytes)).toBe(true);
    }
  });

  test.each([1, 7, 64])(
    "rolls block numbers over to 0, window %i",
    (windowsize) => {
      const result = received({ size: 8 * 70_000 + 3, blksize: 8, windowsize });
      expect(result.blocks).toBe(70_001);
      expect(result.file.equals(result.bytes)).toBe(true);
    },
    60_000,
  );

  test("is still exact beyond the roll-over when its last block is number 0 or 65535", () => {
    for (const blocks of [65_535, 65_536]) {
      const result = received({ size: 8 * blocks - 1, blksize: 8, windowsize: 16 });
      expect(result.blocks).toBe(blocks);
      expect(result.file.equals(result.bytes)).toBe(true);
    }
  }, 60_000);
});

describe("after an OACK", () => {
  test("DATA waits for ACK 0", () => {
    const t = transferOf({ optionAck: true });
    expect(t.start()).toEqual(["OACK "]);
    expect(t.ack(1)).toEqual([]);
    expect(t.ack(0)).toEqual(["DATA 1 (512)"]);
  });

  test("ACK 0 again causes nothing", () => {
    const t = transferOf({ optionAck: true });
    t.start();
    t.ack(0);
    expect(t.ack(0)).toEqual([]);
  });

  test("an OACK that is lost is repeated, not hastily: atftp gives up on a second one", () => {
    const t = transferOf({ optionAck: true });
    t.start();
    expect(t.wait(1990)).toEqual([]);
    expect(t.wait(10)).toEqual(["OACK "]);
    expect(t.ack(0)).toEqual(["DATA 1 (512)"]);
  });

  test("a client that asks again has not had its OACK: it is repeated at once, but not for a copy of the request", () => {
    const t = transferOf({ optionAck: true });
    t.start();
    expect(t.askAgain()).toEqual([]);
    t.wait(1000);
    expect(t.askAgain()).toEqual(["OACK "]);
    expect(t.askAgain()).toEqual([]);
    t.wait(1000);
    expect(t.askAgain()).toEqual(["OACK "]);
    expect(t.ack(0)).toEqual(["DATA 1 (512)"]);
    t.wait(1000);
    expect(t.askAgain()).toEqual([]);
  });
});

describe("the Sorcerer's Apprentice", () => {
  test("a duplicate ACK never causes DATA; only the timer repeats", () => {
    const t = transferOf();
    t.start();
    expect(t.ack(1)).toEqual(["DATA 2 (512)"]);
    for (let copy = 0; copy < 5; copy += 1) expect(t.ack(1)).toEqual([]);
    expect(t.wait(300)).toEqual(["DATA 2 (512)"]);
  });

  test("nor does an old one, nor one of a block that was never sent", () => {
    const t = transferOf({ size: 5000, windowsize: 2 });
    t.start();
    t.ack(2);
    expect(t.ack(4)).toEqual(["DATA 5 (512)", "DATA 6 (512)"]);
    for (const block of [0, 1, 2, 3, 4, 7, 8, 40_000, 65_535]) expect(t.ack(block)).toEqual([]);
    expect(t.ack(6)).toEqual(["DATA 7 (512)", "DATA 8 (512)"]);
  });

  test("duplicates in a window that restarted do not multiply it", () => {
    const t = transferOf({ size: 50_000, windowsize: 4 });
    t.start();
    expect(t.ack(2)).toHaveLength(4);
    for (let copy = 0; copy < 5; copy += 1) expect(t.ack(2)).toEqual([]);
  });
});

describe("a window", () => {
  const four = { size: 512 * 20, windowsize: 4 };
  test("is sent whole and moves when its last block is acknowledged", () => {
    const t = transferOf(four);
    expect(t.start()).toEqual(["DATA 1 (512)", "DATA 2 (512)", "DATA 3 (512)", "DATA 4 (512)"]);
    expect(t.ack(4)).toEqual(["DATA 5 (512)", "DATA 6 (512)", "DATA 7 (512)", "DATA 8 (512)"]);
  });

  test("on an out-of-sequence ACK restarts there", () => {
    const t = transferOf(four);
    t.start();
    expect(t.ack(2)).toEqual(["DATA 3 (512)", "DATA 4 (512)", "DATA 5 (512)", "DATA 6 (512)"]);
  });

  test("on a timeout restarts after the last ACK", () => {
    const t = transferOf(four);
    t.start();
    t.ack(4);
    expect(t.wait(1000).slice(0, 4)).toEqual([
      "DATA 5 (512)",
      "DATA 6 (512)",
      "DATA 7 (512)",
      "DATA 8 (512)",
    ]);
  });

  test("at the end of the file is as short as what is left", () => {
    const t = transferOf({ size: 512 * 5 + 1, windowsize: 4 });
    t.start();
    expect(t.ack(4)).toEqual(["DATA 5 (512)", "DATA 6 (1)"]);
    expect(t.ack(5)).toEqual(["DATA 6 (1)"]);
    t.ack(6);
    expect(t.transfer.end).toEqual({ kind: "completed" });
  });

  test("over the roll-over takes ACKs before and after 0", () => {
    const t = transferOf({ size: 8 * 65_600, blksize: 8, windowsize: 64 });
    t.start();
    for (let acked = 64; acked < 65_536 - 64; acked += 64) t.ack(acked);
    t.ack(65_472);
    // 65473 to 65536, which is 0.
    expect(t.ack(65_500).at(-1)).toBe("DATA 28 (8)");
    expect(t.ack(0).at(0)).toBe("DATA 1 (8)");
    expect(t.ack(65_500)).toEqual([]);
  });
});

describe("a client that is silent", () => {
  test("is sent the block again with back-off", () => {
    const t = transferOf();
    t.start();
    const times: number[] = [];
    for (let ms = 10; ms <= 20_000; ms += 10) if (t.wait(10).length > 0) times.push(ms);
    expect(times).toEqual([1000, 3000, 7000, 12_000, 17_000]);
  });

  test("is abandoned after a bounded time, with the block at which it fell silent", () => {
    const t = transferOf();
    t.start();
    t.ack(1);
    t.wait(GIVE_UP_AFTER_MS - 100);
    expect(t.transfer.end).toBeNull();
    t.wait(6000);
    expect(t.transfer.end).toEqual({
      kind: "failed",
      why: "the client fell silent after block 1 of 3; given up after 30 s",
    });
    expect(t.wait(60_000)).toEqual([]);
  });

  test("from the start is told apart: a firewall may be why", () => {
    const t = transferOf({ optionAck: true });
    t.start();
    t.wait(40_000);
    expect(t.transfer.end).toMatchObject({
      kind: "failed",
      why: expect.stringMatching(/never answered.*firewall/),
    });
  });

  test("on a fast link is asked sooner: the timeout follows the round trip, but is never under 200 ms", () => {
    const t = transferOf({ size: 5000 });
    t.start();
    for (let block = 1; block < 5; block += 1) {
      t.pass(1);
      t.ack(block);
    }
    expect(t.wait(190)).toEqual([]);
    expect(t.wait(10)).toEqual(["DATA 5 (512)"]);
  });

  test("on a slow link is given time: no repetition before its usual round trip", () => {
    const t = transferOf({ size: 20_000 });
    t.start();
    for (let block = 1; block < 30; block += 1) {
      expect(t.wait(700)).toEqual([]);
      t.ack(block);
    }
  });

  test("that asked for its own timeout is asked at that pace", () => {
    const t = transferOf({ timeoutS: 3, optionAck: true });
    t.start();
    t.ack(0);
    expect(t.wait(2990)).toEqual([]);
    expect(t.wait(9010)).toEqual(Array(4).fill("DATA 1 (512)"));
  });

  test("with a long timeout of its own is waited for three of them", () => {
    const t = transferOf({ timeoutS: 255, optionAck: true });
    t.start();
    t.wait(255_000 * 3 - 100);
    expect(t.transfer.end).toBeNull();
    t.wait(255_000);
    expect(t.transfer.end).toMatchObject({ kind: "failed" });
  });

  test("only after the last block has the file: a missing final ACK is no failure", () => {
    const t = transferOf({ size: 600 });
    t.start();
    t.ack(1);
    // It may have been lost on the way all the same, so it is repeated for a while.
    expect(t.wait(LAST_ACK_WAIT_MS + 5000)).toContain("DATA 2 (88)");
    expect(t.transfer.end).toEqual({ kind: "completed" });
  });

  test("that answers a repetition goes on, and is measured anew", () => {
    const t = transferOf({ size: 5000 });
    t.start();
    t.wait(3000);
    expect(t.ack(1)).toEqual(["DATA 2 (512)"]);
    // Karn's rule: nothing is known of the round trip yet, so it is the first timeout again.
    expect(t.wait(990)).toEqual([]);
    expect(t.wait(10)).toEqual(["DATA 2 (512)"]);
  });
});

describe("a client that ends it", () => {
  test("before any DATA has asked for the size only", () => {
    const t = transferOf({ optionAck: true });
    t.start();
    expect(t.receive(error(8, "User aborted download"))).toEqual([]);
    expect(t.transfer.end).toEqual({ kind: "aborted" });
  });

  test("in the middle with `TFTP Aborted` (iPXE) has changed its mind", () => {
    const t = transferOf();
    t.start();
    t.ack(1);
    t.receive(error(0, "TFTP Aborted"));
    expect(t.transfer.end).toEqual({ kind: "aborted" });
  });

  test("in the middle with anything else has failed, in its own words", () => {
    const t = transferOf();
    t.start();
    t.ack(1);
    t.receive(error(3, "Disk full"));
    expect(t.transfer.end).toEqual({
      kind: "failed",
      why: "the client ended it: error 3, Disk full",
    });
  });

  test("is sent nothing any more", () => {
    const t = transferOf();
    t.start();
    t.receive(error(0, ""));
    expect(t.ack(1)).toEqual([]);
    expect(t.wait(60_000)).toEqual([]);
  });
});

test("packets that mean nothing here change nothing", () => {
  const t = transferOf();
  t.start();
  for (const hex of ["", "00", "0004", "000400", "0001", "00030001", "0006", "ffff0001"]) {
    expect(t.receive(Buffer.from(hex, "hex"))).toEqual([]);
  }
  expect(t.transfer.end).toBeNull();
  expect(t.ack(1)).toEqual(["DATA 2 (512)"]);
});
