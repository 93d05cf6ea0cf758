import fastifyCookie from "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sameSecret } from "../run/tokens.ts";
import type { App } from "./base-app.ts";
import { bearerOf } from "./bearer.ts";
import type { ConsoleDeps } from "./deps.ts";
import { ProblemError } from "./problems.ts";

/** What a window without a token may ask: to be known again after a restart, by a proof instead. */
const WITHOUT_TOKEN: ReadonlySet<string> = new Set([
  "GET /api/v1/session/launch",
  "POST /api/v1/session",
]);

const OWN_NAMES = ["localhost", "127.0.0.1", "[::1]"] as const;

/** Host names under which this listener may be addressed: a page of another name that resolves here is foreign. */
function ownHosts(port: number): Set<string> {
  const withPort = OWN_NAMES.map((name) => `${name}:${port}`);
  // Browsers leave out the port that HTTP implies.
  return new Set(port === 80 ? [...withPort, ...OWN_NAMES] : withPort);
}

/**
 * Guards the whole console listener, addresses that do not exist included: Host and Origin first (403), then the
 * token (401), all before a body is read. The token in the URL becomes a cookie and leaves the URL at once, so that
 * it stays in no history and no Referer.
 */
export async function guardConsole(
  app: App,
  { token, port }: Pick<ConsoleDeps, "token" | "port">,
): Promise<void> {
  await app.register(fastifyCookie);
  app.addHook("onRequest", async (request, reply) => {
    refuseForeign(request as FastifyRequest, ownHosts(port()));
    const query = request.query as { token?: string };
    if (request.method === "GET" && query.token !== undefined) {
      refuseUnless(sameSecret(query.token, token));
      setTokenCookie(reply, port(), token);
      leaveTokenBehind(request as FastifyRequest, reply as FastifyReply);
      return reply;
    }
    if (WITHOUT_TOKEN.has(`${request.method} ${request.url}`)) return undefined;
    const given = bearerOf(request as FastifyRequest) ?? request.cookies[cookieName(port())];
    refuseUnless(given !== undefined && sameSecret(given, token));
    return undefined;
  });
}

function refuseForeign(request: FastifyRequest, own: Set<string>): void {
  const host = request.headers.host?.toLowerCase() ?? "";
  if (!own.has(host)) {
    throw new ProblemError(
      "foreign-host",
      "The console answers on this machine only: open it as http://127.0.0.1 with its port.",
    );
  }
  const { origin } = request.headers;
  if (origin !== undefined && !own.has(origin.toLowerCase().replace(/^http:\/\//, ""))) {
    throw new ProblemError("foreign-origin", "Another page may not use the console.");
  }
}

function refuseUnless(trusted: boolean): void {
  if (trusted) return;
  throw new ProblemError(
    "unauthenticated",
    "Open the address that the console printed when it started (it carries the access token), or send the token as Authorization: Bearer.",
  );
}

/** Cookies know no ports: two consoles on one machine need two names. */
function cookieName(port: number): string {
  return `vetting_${port}`;
}

/** This launch's token as a cookie that no script can read and no other site can make the browser send. */
export function setTokenCookie(
  reply: Pick<FastifyReply, "setCookie">,
  port: number,
  token: string,
): void {
  reply.setCookie(cookieName(port), token, { path: "/", httpOnly: true, sameSite: "strict" });
}

function leaveTokenBehind(request: FastifyRequest, reply: FastifyReply): void {
  const url = new URL(request.url, "http://console.invalid");
  url.searchParams.delete("token");
  reply
    .header("cache-control", "no-store")
    .redirect(`${url.pathname.replace(/^\/+/, "/")}${url.search}`, 303);
}
