/** A real Chromium for the windows of the stand-in: with it, Playwright can drive the app as it drives Electron. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CHROMIUM } from "../../chromium.ts";
import type { PreloadMessage } from "./preload-script.ts";

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly params?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** In the page, what the preload script wants: a binding takes one string and answers nothing. */
const TO_SHELL = `{
  const waiting = [];
  window.toShell = (way, channel, payload) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      window.toShellAsText(JSON.stringify({ call: waiting.length - 1, way, channel, payload }));
    });
  window.fromShellAnswered = (call, answer) => waiting[call](answer);
}`;

export interface ChromiumPage {
  send(channel: string, args: readonly unknown[]): void;
}

export class Chromium {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #bindings = new Map<string, (text: string) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply & { readonly sessionId?: string };
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
      if (reply.method !== "Runtime.bindingCalled") return;
      this.#bindings.get(reply.sessionId ?? "")?.(String(reply.params?.payload));
    });
  }

  /** Starts it without a window, and says on stderr where its tools listen, as Electron does. */
  static async start(): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), "vetting-chromium-"));
    const own = ["--headless=new", "--remote-debugging-port=0", "--no-startup-window"];
    // With a browser's own bars: the page gets about what the app's window leaves it.
    const args = [...CHROMIUM.args, ...own, "--window-size=1280,900", `--user-data-dir=${profile}`];
    const child = spawn(CHROMIUM.executablePath, args, { stdio: ["ignore", "ignore", "pipe"] });
    process.once("exit", () => {
      child.kill("SIGKILL");
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    const address = await toolsAddress(child);
    process.stderr.write(`DevTools listening on ${address}\n`);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new Chromium(socket);
  }

  /** @param onMessage gets what the page's preload sends, and answers it */
  async open(
    url: string,
    preload: string,
    onMessage: (message: PreloadMessage) => unknown,
  ): Promise<ChromiumPage> {
    const { targetId } = await this.#ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#ask("Target.attachToTarget", { targetId, flatten: true });
    const session = String(sessionId);
    const run = (code: string) => this.#ask("Runtime.evaluate", { expression: code }, session);
    this.#bindings.set(session, (text) => {
      const message = JSON.parse(text) as PreloadMessage & { readonly call: number };
      void Promise.resolve(onMessage(message)).then((answer) =>
        run(`fromShellAnswered(${message.call}, ${JSON.stringify(answer) ?? "undefined"})`),
      );
    });
    await this.#ask("Page.enable", {}, session);
    await this.#ask("Runtime.enable", {}, session);
    await this.#ask("Runtime.addBinding", { name: "toShellAsText" }, session);
    const source = `${TO_SHELL}\n${preload}`;
    await this.#ask("Page.addScriptToEvaluateOnNewDocument", { source }, session);
    await this.#ask("Page.navigate", { url }, session);
    return {
      send: (channel, args) =>
        void run(`fromShell(${JSON.stringify(channel)}, ${JSON.stringify(args)})`),
    };
  }

  #ask(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }
}

async function toolsAddress({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error("Chromium has no stderr.");
  for await (const line of createInterface({ input: stderr })) {
    const found = /^DevTools listening on (\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error("Chromium ended before it listened.");
}
