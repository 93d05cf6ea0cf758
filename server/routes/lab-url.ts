import type { FastifyRequest } from "fastify";
import { ProblemError } from "./problems.ts";

const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

/**
 * The lab URL as this client reaches it. A host behind address translation (an emulator's 10.0.2.2) must be told the
 * address it can use, not the one we listen on; it only ever gets back what it sent. A Host that is no plain name and
 * port is not repeated into a script: the configured address is.
 */
export function labUrlFor(request: FastifyRequest, configured: () => string | null): string {
  const { host } = request.headers;
  if (host !== undefined && HOST.test(host)) return `http://${host}`;
  const url = configured();
  if (url !== null) return url;
  throw new ProblemError("bad-request", "The request names no usable Host.");
}
