import { EventEmitter } from "node:events";
import type { WebContents } from "../../../electron/electron-api.ts";

/** `Pick` for `implements`: a member that Electron does not have, or has otherwise, does not compile. */
export type Members<T, K extends keyof T> = { [P in K]: T[P] };

/** The page of a window: what the shell asked of it is remembered. */
export class StandInContents
  extends EventEmitter
  implements
    Members<
      WebContents,
      "downloadURL" | "getURL" | "isLoadingMainFrame" | "printToPDF" | "reload" | "send"
    >
{
  url = "";
  loading = false;
  reloads = 0;
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = [];
  readonly downloads: string[] = [];
  openWindow: (details: { url: string }) => { action: string } = () => ({ action: "allow" });
  readonly mainFrame = { parent: null, url: "" };
  getURL = () => this.url;
  isLoadingMainFrame = () => this.loading;
  send = (channel: string, ...args: unknown[]) => {
    this.sent.push({ channel, args });
  };
  downloadURL = (url: string) => {
    this.downloads.push(url);
  };
  reload = () => {
    this.reloads += 1;
  };
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.openWindow = handler;
  };
  printToPDF = async () => Buffer.from(`%PDF-1.7 of ${this.url}`);
}

/** The page over HTTP, with the cookie that its redirect sets, as a window would. */
export async function fetchPage(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const first = await fetch(url, { redirect: "manual", headers });
  const location = first.headers.get("location");
  if (location === null) return first.status;
  const cookie = first.headers.getSetCookie().map((it) => it.split(";", 1)[0]);
  const second = await fetch(new URL(location, url), { headers: { cookie: cookie.join("; ") } });
  return second.status;
}

export function withoutToken(url: string): string {
  const address = new URL(url);
  address.searchParams.delete("token");
  return address.href;
}
