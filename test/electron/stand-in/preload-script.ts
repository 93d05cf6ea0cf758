import { readFileSync } from "node:fs";

/** A message of the preload to the shell. */
export interface PreloadMessage {
  readonly way: "send" | "invoke";
  readonly channel: string;
  readonly payload: unknown;
}

/**
 * The built preload as a script that Chromium evaluates before the page: in the main frame alone, as Electron has it,
 * with stand-ins for what a sandboxed one is given. It wants a function `toShell(way, channel, payload)` in the window
 * and gives it `fromShell(channel, args)`.
 * @param argv what Electron adds to the arguments of the page's process
 */
export function preloadScript(preloadFile: string, argv: readonly string[]): string {
  return `if (window === window.top) {
    const heard = new Map();
    window.fromShell = (channel, args) => heard.get(channel)?.({}, ...args);
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, api) =>
          Object.defineProperty(window, name, { value: Object.freeze(api) }),
      },
      ipcRenderer: {
        on: (channel, listener) => heard.set(channel, listener),
        send: (channel, payload) => void window.toShell("send", channel, payload),
        invoke: (channel, payload) => window.toShell("invoke", channel, payload),
      },
    };
    const require = (name) => {
      if (name !== "electron") throw new Error("A sandboxed preload gets no " + name + ".");
      return electron;
    };
    const process = { argv: ["electron", ...${JSON.stringify(argv)}] };
    ((require, process, module, exports) => {${readFileSync(preloadFile, "utf8")}\n})(
      require, process, { exports: {} }, {},
    );
  }`;
}
