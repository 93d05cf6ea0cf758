/**
 * What the run's life needs from outside: a store, a clock, senders.
 * `server/db` implements the store; `server/run` knows neither Fastify nor SQLite.
 * Times are milliseconds since 1970 throughout the server; ISO 8601 only in payloads.
 */
export type * from "./ports/artifacts.ts";
export type * from "./ports/attempts.ts";
export type * from "./ports/boots.ts";
export type * from "./ports/hosts.ts";
export type * from "./ports/outside.ts";
export type * from "./ports/runs.ts";
export type * from "./ports/snapshots.ts";
export type * from "./ports/store.ts";
