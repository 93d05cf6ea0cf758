import { createElectron, type StandInOptions } from "./stand-in/electron.ts";

/** The stand-in with defaults that do for most tests. */
export function newElectron(options: Partial<StandInOptions> = {}) {
  return createElectron({ appPath: "/app", version: "9.8.7", load: async () => 200, ...options });
}

/** Lets what was started go on until it waits for something outside. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
