import type { ElectronApi, WebContents } from "./electron-api.ts";

/** The one permission that the page has: its copy buttons put text on the clipboard. It cannot read it. */
const COPY = "clipboard-sanitized-write";
const WEB_LINK = /^https:\/\//;

export interface SecurityOptions {
  /** `http://127.0.0.1:8420`: where the page comes from, and all that it may go to. */
  readonly origin: string;
  /** A page of the console that was meant for a window of its own, such as a report. */
  readonly onOwnPage: (path: string) => void;
}

/**
 * Fences the page in: no permission but copying, no other address, no window of its own making. It covers every
 * window that the app will ever open. To be called before the first.
 */
export function setupSecurity(electron: ElectronApi, options: SecurityOptions): void {
  denyPermissions(electron, options.origin);
  electron.app.on("web-contents-created", (_event, contents) => fence(electron, contents, options));
}

function denyPermissions({ session }: ElectronApi, origin: string): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, callback) => {
    callback(permission === COPY && originOf(contents.getURL()) === origin);
  });
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) =>
      permission === COPY && originOf(requestingOrigin) === origin,
  );
  defaultSession.setDevicePermissionHandler(() => false);
}

function fence(
  { shell }: ElectronApi,
  contents: WebContents,
  { origin, onOwnPage }: SecurityOptions,
): void {
  contents.on("will-frame-navigate", (details) => {
    const { url, isMainFrame } = details;
    const own = originOf(url) === origin;
    // The page goes from screen to screen by its fragment alone; a report may be shown in a frame of it.
    if (own && (!isMainFrame || new URL(url).pathname === "/")) return;
    details.preventDefault();
    // What a browser would answer with a download. Electron takes the file without leaving the page.
    if (own) contents.downloadURL(url);
  });
  contents.on("will-redirect", (details) => {
    if (originOf(details.url) !== origin) details.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (originOf(url) === origin) onOwnPage(pathOf(url));
    // Links to manuals belong into the user's browser. Any other scheme could start any program.
    else if (WEB_LINK.test(url)) void shell.openExternal(url);
    return { action: "deny" };
  });
}

/** `scheme://host:port`, or null for what is no address of a server. */
export function originOf(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url).origin : "null";
  return parsed === "null" ? null : parsed;
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
