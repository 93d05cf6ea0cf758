import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NetbootSighting } from "../../../server/run/boot-timeline.ts";
import { BOOT_TOKEN, MAC } from "./fake-service.ts";
import { type Harness, harness } from "./harness.ts";

let h: Harness;
beforeEach(async () => {
  h = await harness();
});
afterEach(() => h.close());

const get = (url: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
  h.lab.inject({ method, url, headers: { host: "10.0.0.1:8421", ...headers } });

describe("GET /boot.ipxe", () => {
  test("a run waits: the live image's script with its boot token", async () => {
    const answer = await get(
      "/boot.ipxe?mac=52-54-00-12-34-56&uuid=&platform=efi&buildarch=x86_64",
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toContain("text/plain");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(answer.body)));
    expect(answer.body).toMatch(/^#!ipxe\n/);
    expect(answer.body).toContain(`vetting.boot=${BOOT_TOKEN}`);
    expect(answer.body).toContain("vetting.console=http://10.0.0.1:8421");
    expect(h.service.called("decideBoot")).toEqual([
      [{ mac: MAC, uuid: null, platform: "efi", buildarch: "x86_64" }],
    ]);
  });

  test("the agent's digest is that of the file that is served, also after it changed", async () => {
    const digest = async () => {
      const script = (await get(`/boot.ipxe?mac=${MAC}`)).body;
      const served = (await get("/agent/agent.mjs")).rawPayload;
      expect(script).toContain(
        `vetting.agent_sha256=${createHash("sha256").update(served).digest("hex")}`,
      );
      return script;
    };
    const before = await digest();
    writeFileSync(join(h.directory, "agent/agent.mjs"), "console.log('a newer agent')\n");
    expect(await digest()).not.toBe(before);
  });

  test("no run waits: on to the local disk, with no token", async () => {
    h.service.boot = { kind: "local-disk", why: "No run waits for this host." };
    const { body } = await get(`/boot.ipxe?mac=${MAC}`);
    expect(body).toContain("sanboot");
    expect(body).not.toContain("vetting.");
  });

  test.each(["/boot.ipxe", "/boot.ipxe?mac="])(
    "%s: the script that asks who it is",
    async (url) => {
      const { body } = await get(url);
      expect(body).toContain("chain --replace http://10.0.0.1:8421/boot.ipxe?mac=");
      expect(h.service.called("decideBoot")).toEqual([]);
    },
  );

  test("asked already and still without a MAC: the local disk, not a loop", async () => {
    const { body } = await get("/boot.ipxe?mac=&chained=1");
    expect(body).not.toContain("chain ");
    expect(body).toContain("sanboot");
  });

  test("not a MAC: 400 that names it", async () => {
    const answer = await get("/boot.ipxe?mac=hello");
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].path).toBe("mac");
  });

  test("the address in the script is the one the host used", async () => {
    const { body } = await get(`/boot.ipxe?mac=${MAC}`, { host: "10.0.2.2:9000" });
    expect(body).toContain("vetting.console=http://10.0.2.2:9000");
  });

  test("a Host that is no name is not repeated into a script", async () => {
    const { body } = await get(`/boot.ipxe?mac=${MAC}`, { host: "x;reboot" });
    expect(body).toContain("vetting.console=http://10.0.0.1:8421");
  });
});

describe("GET /boot/…", () => {
  test("a whole file: length, ETag, ranges offered, never chunked", async () => {
    const answer = await get("/boot/filesystem.squashfs");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe("0123456789");
    expect(answer.headers["content-length"]).toBe("10");
    expect(answer.headers["accept-ranges"]).toBe("bytes");
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
    expect(answer.headers.etag).toBeTruthy();
  });

  test("HEAD tells the length and sends nothing", async () => {
    const answer = await get("/boot/filesystem.squashfs", {}, "HEAD");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-length"]).toBe("10");
    expect(answer.body).toBe("");
  });

  test("a range", async () => {
    const answer = await get("/boot/filesystem.squashfs", { range: "bytes=2-4" });
    expect(answer.statusCode).toBe(206);
    expect(answer.body).toBe("234");
    expect(answer.headers["content-range"]).toBe("bytes 2-4/10");
    const beyond = await get("/boot/filesystem.squashfs", { range: "bytes=99-" });
    expect(beyond.statusCode).toBe(416);
  });

  test("many hosts at once: each has all of it, or the part that it asked for", async () => {
    const asked = Array.from({ length: 16 }, (_, index) =>
      get("/boot/filesystem.squashfs", index % 2 === 0 ? {} : { range: "bytes=3-" }),
    );
    const bodies = (await Promise.all(asked)).map(({ body }) => body);
    expect(new Set(bodies)).toEqual(new Set(["0123456789", "3456789"]));
  });

  test("an empty file", async () => {
    writeFileSync(join(h.directory, "boot/empty"), "");
    expect(await get("/boot/empty")).toMatchObject({ statusCode: 200, body: "" });
  });

  test("a file that has not changed: 304", async () => {
    const { etag } = (await get("/boot/vmlinuz")).headers;
    const again = await get("/boot/vmlinuz", { "if-none-match": String(etag) });
    expect(again.statusCode).toBe(304);
  });

  test("an EFI program is served as one", async () => {
    expect((await get("/boot/snponly.efi")).headers["content-type"]).toBe("application/efi");
  });

  test.each(["//boot/vmlinuz", "/boot//vmlinuz", "/boot/VMLINUZ", "/boot/Vmlinuz?mac="])(
    "firmware's %s is found",
    async (url) => {
      expect((await get(url)).body).toBe("kernel bytes");
    },
  );

  test.each([
    "/boot/",
    "/boot",
    "/boot/nothing",
    "/boot/.hidden",
    "/boot/../outside.txt",
    "/boot/%2e%2e/outside.txt",
    "/boot/..%2foutside.txt",
    "/boot/%2e%2e%2foutside.txt",
    "/boot/..%5coutside.txt",
    "/boot/vmlinuz%00.txt",
  ])("%s: nothing, and no listing", async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.body).not.toContain("secret");
    expect(answer.body).not.toContain("initrd");
  });
});

describe("the boot timeline", () => {
  /** The steps that were noted, as [MAC, step, detail]. */
  const noted = () =>
    h.service.called("noteSighting").map(([sighting]) => {
      const { mac, step, detail } = sighting as NetbootSighting;
      return [mac, step, detail];
    });

  test("whose fetch it was comes from the MAC in the address", async () => {
    await get("/boot/vmlinuz?mac=52-54-00-12-34-56");
    await get("/boot/initrd.img?mac=52:54:00:12:34:56");
    await get("/agent/agent.mjs?mac=52-54-00-12-34-56");
    expect(noted()).toEqual([
      [MAC, "kernel", "Kernel fetched"],
      [MAC, "initrd", "Initrd fetched"],
      [MAC, "agent", "Agent fetched"],
    ]);
    expect((await get("/boot/vmlinuz?mac=nonsense")).statusCode).toBe(200);
  });

  test("what has no MAC in its address is told by who was given the script at that address", async () => {
    await get(`/boot.ipxe?mac=${MAC}`);
    await get("/boot/filesystem.squashfs");
    await get("/agent/agent.mjs");
    expect(noted()).toEqual([
      [MAC, "image", "Live image fetched"],
      [MAC, "agent", "Agent fetched"],
    ]);
  });

  test("firmware that boots over HTTP fetched its boot loader", async () => {
    h.labDeps.addresses.remember("127.0.0.1", MAC);
    await get("/boot/snponly.efi");
    expect(noted()).toEqual([[MAC, "boot_file", "snponly.efi (HTTP) fetched"]]);
  });

  test("a probe, a later piece, a file that is not there and a stranger are no boot", async () => {
    await get("/boot/filesystem.squashfs");
    await get(`/boot.ipxe?mac=${MAC}`);
    await get("/boot/vmlinuz", {}, "HEAD");
    await get("/boot/filesystem.squashfs", { range: "bytes=5-" });
    await get("/boot/nothing");
    expect(noted()).toEqual([]);
  });
});

describe("a damaged boot file", () => {
  test("is not served, and says how to mend it", async () => {
    const damaged = await harness(
      {},
      { damage: (name) => (name === "vmlinuz" ? "vmlinuz has 3 bytes instead of 12" : null) },
    );
    const answer = await damaged.lab.inject({ url: "/boot/vmlinuz" });
    expect(answer.statusCode).toBe(503);
    expect(answer.json().detail).toContain("vmlinuz has 3 bytes instead of 12");
    expect(answer.json().detail).toContain("npm run image");
    expect((await damaged.lab.inject({ url: "/boot/initrd.img" })).statusCode).toBe(200);
    await damaged.close();
  });
});

test.each(["/autoexec.ipxe", "/boot/autoexec.ipxe"])(
  "%s: complete by itself, as newer iPXE runs it before it has an address",
  async (url) => {
    const { body } = await get(url);
    expect(body.split("\n").slice(0, 2)).toEqual(["#!ipxe", "dhcp || dhcp || goto failed"]);
    expect(body).toContain("chain --replace http://10.0.0.1:8421/boot.ipxe?mac=");
    expect(body).toContain("sanboot");
  },
);

test("quick.sh carries the console's address and the files that it installs", async () => {
  const answer = await get("/register/quick.sh", { host: "192.0.2.10:8421" });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toMatch(/^#!\/bin\/sh\n/);
  expect(answer.body).toContain("http://192.0.2.10:8421/register/quick.sh");
  const reporter = readFileSync(join(h.labDeps.reporterDir, "vetting-reporter"), "utf8").trimEnd();
  expect(answer.body).toContain(reporter);
  expect(answer.body.replace(reporter, "")).not.toMatch(/@VETTING_\w+@/);
});

test("the agent's bundle: its bytes with an ETag; before it was built, a sentence", async () => {
  const answer = await get("/agent/agent.mjs");
  expect(answer.body).toBe("console.log('agent')\n");
  expect(answer.headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
  const bare = await harness();
  const { rmSync } = await import("node:fs");
  rmSync(join(bare.directory, "agent/agent.mjs"));
  const missing = await bare.lab.inject({ url: "/agent/agent.mjs" });
  expect(missing.statusCode).toBe(404);
  expect(missing.json().detail).toContain("npm start");
  await bare.close();
});
