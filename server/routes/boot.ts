import { ReadStream } from "node:fs";
import type { Readable } from "node:stream";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { BOOT_FILES } from "../../contract/boot-manifest.ts";
import type { BootStep } from "../../contract/boot-timeline.ts";
import { macSchema } from "../../contract/common.ts";
import {
  autoexecScript,
  introduceYourselfScript,
  liveImageScript,
  localDiskScript,
} from "../netboot/ipxe-script.ts";
import type { App } from "./base-app.ts";
import type { LabDeps } from "./deps.ts";
import { labUrlFor } from "./lab-url.ts";
import { ProblemError } from "./problems.ts";
import { SharedFileReads } from "./shared-file-reads.ts";

const bootQuerySchema = z.object({
  mac: macSchema.optional(),
  uuid: z.string().max(64).optional(),
  platform: z.string().max(32).optional(),
  buildarch: z.string().max(32).optional(),
  /** Set by our own script: this client has been asked who it is already. */
  chained: z.string().max(8).optional(),
});

/** Whose fetch it is, as our own scripts say; a file is served whatever stands there. */
const fetchQuerySchema = z.object({ mac: macSchema.optional().catch(undefined) });

/** Answers of scripts and files go out as they are, past the JSON serializer. */
const asText = (payload: unknown) => String(payload);

/** The boot script, the boot files and the agent's bundle: what a netbooting host fetches, without a token. */
export async function bootRoutes(app: App, deps: LabDeps): Promise<void> {
  const { service, agentBundle, bootDir, bootFiles, addresses, labUrl } = deps;
  const reads = new SharedFileReads();
  app.addHook("onClose", () => reads.close());
  const whose = ({ query: { mac }, ip }: { query: { mac?: string | undefined }; ip: string }) =>
    mac ?? addresses.macOf(ip);
  /** A step of somebody's boot, if it can be told whose. */
  const note = (mac: string | null, step: BootStep, detail: string) => {
    if (mac !== null) service.noteSighting({ mac, uuid: null, platform: null, step, detail });
  };

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
      addresses.remember(request.ip, mac);
      if (decision.kind === "local-disk") return reply.send(localDiskScript(decision.why));
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
      querystring: fetchQuerySchema,
      response: { 200: { content: { "text/javascript": { schema: z.string() } } } },
    },
    handler: async (request, reply) => {
      const bundle = agentBundle.current();
      if (bundle === null) {
        throw new ProblemError(
          "not-found",
          "The agent has not been built on this console: run npm start from a complete checkout.",
        );
      }
      note(whose(request), "agent", "Agent fetched");
      return reply
        .type("text/javascript; charset=utf-8")
        .header("etag", `"${bundle.sha256}"`)
        .header("cache-control", "no-cache")
        .header("x-content-type-options", "nosniff")
        .send(bundle.bytes as unknown as string);
    },
  });

  for (const url of ["/autoexec.ipxe", "/boot/autoexec.ipxe"]) {
    app.route({
      method: "GET",
      url,
      schema: {
        summary: "What a newer iPXE runs by itself: it gets an address and asks for its script",
        response: { 200: { content: { "text/plain": { schema: z.string() } } } },
      },
      handler: async (request, reply) =>
        reply
          .type("text/plain; charset=utf-8")
          .header("cache-control", "no-store")
          .serializer(asText)
          .send(autoexecScript(labUrlFor(request, labUrl))),
    });
  }

  await app.register(fastifyStatic, {
    root: bootDir,
    serve: false,
    // The directory may come into being later.
    suppressWarning: true,
    redirect: false,
    cacheControl: true,
    maxAge: 0,
    setHeaders: (reply, path) => {
      if (path.endsWith(".efi")) reply.header("content-type", "application/efi");
      reply.header("x-content-type-options", "nosniff");
    },
  });
  app.route({
    method: "GET",
    url: "/boot/:file",
    schema: {
      hide: true,
      params: z.object({ file: z.string().max(255) }),
      querystring: fetchQuerySchema,
    },
    handler: async (request, reply) => {
      const file = bootFiles.resolve(request.params.file);
      if (file === null) {
        throw new ProblemError("not-found", "There is no such boot file on this console.");
      }
      const damage = bootFiles.damage(file);
      if (damage !== null) {
        const detail = `${damage}, so it is not served. Build the image again: npm run image -- --force`;
        throw new ProblemError("boot-file-damaged", detail);
      }
      const [step, what] = bootStep(file);
      if (request.method === "GET" && isFromStart(request.headers.range)) {
        note(whose(request), step, `${what} fetched`);
      }
      return reply.sendFile(file);
    },
    onSend: async (_request, reply, payload) =>
      payload instanceof ReadStream ? shared(reads, reply, payload) : payload,
  });
}

/** The same bytes, read once for all hosts that fetch them at this moment. */
function shared(reads: SharedFileReads, reply: FastifyReply, stream: ReadStream): Readable {
  const { path, start = 0 } = stream as ReadStream & { start?: number };
  const length = Number(reply.getHeader("content-length"));
  stream.destroy();
  const version = String(reply.getHeader("etag"));
  return reads.stream({ path: String(path), version, start, end: start + length - 1 });
}

/** A fetch in pieces is one fetch: only its beginning counts. */
function isFromStart(range: string | undefined): boolean {
  return range === undefined || range.startsWith("bytes=0-");
}

function bootStep(name: string): [BootStep, string] {
  switch (name) {
    case BOOT_FILES.kernel:
      return ["kernel", "Kernel"];
    case BOOT_FILES.initrd:
      return ["initrd", "Initrd"];
    case BOOT_FILES.image:
      return ["image", "Live image"];
    default:
      return ["boot_file", `${name} (HTTP)`];
  }
}
