import type { AddressInfo } from "node:net";
import { StartProblem } from "./options.ts";
import type { App } from "./routes/base-app.ts";

/** Where a listener goes, in the operator's words. */
export interface ListenerPlace {
  /** `console` or `lab`. */
  readonly name: string;
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The option that moves it: `--lab-port`. */
  readonly option: string;
}

/**
 * Listens and returns the port.
 * @throws StartProblem with one line that says what is in the way and how to mend it.
 */
export async function listen(app: App, place: ListenerPlace): Promise<number> {
  try {
    await app.listen({ host: place.address, port: place.port });
  } catch (error) {
    throw new StartProblem(bindProblem(place, error), error);
  }
  return (app.server.address() as AddressInfo).port;
}

function bindProblem({ name, address, port, option }: ListenerPlace, error: unknown): string {
  const what = `The ${name} listener cannot use TCP ${address}:${port}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  switch (code) {
    case "EADDRINUSE":
      return `${what}: another program has this port. Stop it, or choose another with ${option} (0 takes a free one).`;
    case "EADDRNOTAVAIL":
      return `${what}: ${address} is no address of this machine. Choose the lab interface's address with --lab-address.`;
    case "EACCES":
      return `${what}: this user may not take ports that low. Choose another with ${option}.`;
    default:
      return `${what} (${code}). Choose another port with ${option}.`;
  }
}

/** Answers that are still being sent may take this long; then a stop cuts them off. */
const CLOSE_GRACE_MS = 3000;

/** Closes a listener: what runs may finish for a moment, then its connections are cut. */
export async function closeListener(app: App): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
