import { basename } from "node:path";
import fastifyStatic from "@fastify/static";
import { z } from "zod";
import { macSchema } from "../../contract/common.ts";
import {
  BOOT_FILES,
  introduceYourselfScript,
  liveImageScript,
  localDiskScript,
} from "../netboot/ipxe-script.ts";
import type { App } from "./base-app.ts";
import type { LabDeps } from "./deps.ts";
import { labUrlFor } from "./lab-url.ts";
import { ProblemError } from "./problems.ts";

const bootQuerySchema = z.object({
  mac: macSchema.optional(),
  uuid: z.string().max(64).optional(),
  platform: z.string().max(32).optional(),
  buildarch: z.string().max(32).optional(),
  /** Set by our own script: this client has been asked who it is already. */
  chained: z.string().max(8).optional(),
});

/** Answers of scripts and files go out as they are, past the JSON serializer. */
const asText = (payload: unknown) => String(payload);

/** The boot script, the boot files and the agent's bundle: what a netbooting host fetches, without a token. */
export async function bootRoutes(app: App, deps: LabDeps): Promise<void> {
  const { service, agentBundle, bootDir, labUrl } = deps;
  const macs = new MacsByAddress();

  app.route({
    method: "GET",
    url: "/boot.ipxe",
    schema: {
      summary:
        "The iPXE script of a host: the live image while a run waits for it, its own disk otherwise",
      querystring: bootQuerySchema,
      response: { 200: { content: { "text/plain": { schema: z.string() } } } },
    },
    handler: async (request, reply) => {
      const { mac, uuid, platform, buildarch, chained } = request.query;
      reply
        .type("text/plain; charset=utf-8")
        .header("cache-control", "no-store")
        .serializer(asText);
      if (mac === undefined) {
        if (chained !== undefined)
          return reply.send(localDiskScript("This NIC has no MAC address."));
        return reply.send(introduceYourselfScript(labUrlFor(request, labUrl)));
      }
      const decision = service.decideBoot({
        mac,
        uuid: uuid ?? null,
        platform: platform ?? null,
        buildarch: buildarch ?? null,
      });
      if (decision.kind === "local-disk") return reply.send(localDiskScript(decision.why));
      macs.remember(request.ip, mac);
      return reply.send(
        liveImageScript({
          labUrl: labUrlFor(request, labUrl),
          mac,
          bootToken: decision.bootToken,
          agentSha256: agentBundle.current()?.sha256 ?? null,
        }),
      );
    },
  });

  app.route({
    method: "GET",
    url: "/agent/agent.mjs",
    schema: {
      summary: "The agent's bundle, the version that belongs to this console",
      response: { 200: { content: { "text/javascript": { schema: z.string() } } } },
    },
    handler: async (_request, reply) => {
      const bundle = agentBundle.current();
      if (bundle === null) {
        throw new ProblemError(
          "not-found",
          "The agent has not been built on this console: run npm start from a complete checkout.",
        );
      }
      return reply
        .type("text/javascript; charset=utf-8")
        .header("etag", `"${bundle.sha256}"`)
        .header("cache-control", "no-cache")
        .header("x-content-type-options", "nosniff")
        .send(bundle.bytes as unknown as string);
    },
  });

  app.register(async (scope) => {
    scope.addHook("onResponse", async (request, reply) => {
      if (request.method !== "GET" || reply.statusCode >= 300) return;
      // A fetch in pieces is one fetch: only its beginning counts.
      if (!/^bytes=0-|^$/.test(request.headers.range ?? "")) return;
      const step = bootStep(basename(request.url.split("?", 1)[0] ?? ""));
      const asked = macSchema.safeParse((request.query as { mac?: string }).mac);
      const mac = asked.success ? asked.data : macs.of(request.ip);
      if (step !== null && mac !== null) service.noteBootFile(mac, step);
    });
    await scope.register(fastifyStatic, {
      root: bootDir,
      prefix: "/boot/",
      index: false,
      list: false,
      redirect: false,
      dotfiles: "deny",
      decorateReply: false,
      schemaHide: true,
      suppressWarning: true,
      cacheControl: true,
      maxAge: 0,
      setHeaders: (reply, path) => {
        if (path.endsWith(".efi")) reply.header("content-type", "application/efi");
        reply.header("x-content-type-options", "nosniff");
      },
    });
  });
}

function bootStep(name: string): "kernel" | "initrd" | "image" | null {
  switch (name) {
    case BOOT_FILES.kernel:
      return "kernel";
    case BOOT_FILES.initrd:
      return "initrd";
    case BOOT_FILES.image:
      return "image";
    default:
      return null;
  }
}

/**
 * Which MAC fetched its script from which address: the live image's own URL cannot carry it. Used for the boot
 * timeline alone, so a wrong guess behind address translation misplaces a line and decides nothing.
 */
class MacsByAddress {
  static readonly #capacity = 1024;
  readonly #macs = new Map<string, string>();

  remember(address: string, mac: string): void {
    this.#macs.delete(address);
    this.#macs.set(address, mac);
    const [oldest] = this.#macs.keys();
    if (this.#macs.size > MacsByAddress.#capacity && oldest !== undefined)
      this.#macs.delete(oldest);
  }

  of(address: string): string | null {
    return this.#macs.get(address) ?? null;
  }
}
