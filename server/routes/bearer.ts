import type { FastifyRequest } from "fastify";

/** The token of an `Authorization: Bearer` header; null when there is none or it is of another scheme. */
export function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  return /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header)?.[1] ?? null;
}
