import { z } from "zod";
import {
  type DesktopNotification,
  REPORT_KINDS,
  type SaveOutcome,
} from "../contract/desktop-api.ts";
import { CHANNELS } from "./channels.ts";
import type {
  BrowserWindow,
  ElectronApi,
  IpcMainEvent,
  IpcMainInvokeEvent,
} from "./electron-api.ts";
import { originOf } from "./security.ts";

/** Room for a hold's whole sentence; more than a system shows. */
const MAX_TEXT = 1000;

const runIdSchema = z.int().positive();
const notificationSchema = z.strictObject({
  title: z.string().max(MAX_TEXT),
  body: z.string().max(MAX_TEXT),
  runId: runIdSchema.nullable(),
});
const saveRequestSchema = z.strictObject({ runId: runIdSchema, kind: z.enum(REPORT_KINDS) });
export type SaveRequest = z.infer<typeof saveRequestSchema>;
const badgeSchema = z.int().min(0).max(100_000);

export interface IpcHandlers {
  notify(notification: DesktopNotification): void;
  saveReport(request: SaveRequest): Promise<SaveOutcome>;
  setBadge(count: number): void;
}

export interface IpcOptions {
  /** The console's window, the only one that may send; null while it is closed. */
  readonly window: () => BrowserWindow | null;
  readonly origin: string;
  readonly handlers: IpcHandlers;
  /** Told of a message that is refused: from somebody else, or not of its shape. */
  readonly onRefused: (why: string) => void;
}

/** Answers the page's messages. Each is held to its sender and to its schema before anything is done. */
export function setupIpc(
  { ipcMain }: ElectronApi,
  { window, origin, handlers, onRefused }: IpcOptions,
): void {
  const accept = <T>(
    channel: string,
    event: IpcMainEvent | IpcMainInvokeEvent,
    schema: z.ZodType<T>,
    payload: unknown,
  ): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string } => {
    const refuse = (why: string) => {
      onRefused(`${channel}: ${why}`);
      return { ok: false, why } as const;
    };
    const stranger = strangeSender(event, window(), origin);
    if (stranger !== null) return refuse(stranger);
    const parsed = schema.safeParse(payload);
    if (parsed.success) return { ok: true, value: parsed.data };
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join(".") || "message"}: ${issue?.message}`);
  };

  ipcMain.on(CHANNELS.notify, (event, payload: unknown) => {
    const message = accept(CHANNELS.notify, event, notificationSchema, payload);
    if (message.ok) handlers.notify(message.value);
  });
  ipcMain.on(CHANNELS.setBadge, (event, payload: unknown) => {
    const message = accept(CHANNELS.setBadge, event, badgeSchema, payload);
    if (message.ok) handlers.setBadge(message.value);
  });
  ipcMain.handle(CHANNELS.saveReport, async (event, payload: unknown): Promise<SaveOutcome> => {
    const message = accept(CHANNELS.saveReport, event, saveRequestSchema, payload);
    return message.ok
      ? handlers.saveReport(message.value)
      : { kind: "failed", detail: `The request was refused: ${message.why}.` };
  });
}

/** Why a message is not from the console's own page, or null: the main frame of its window, showing its origin. */
function strangeSender(
  event: IpcMainEvent | IpcMainInvokeEvent,
  window: BrowserWindow | null,
  origin: string,
): string | null {
  if (window === null || event.sender !== window.webContents) {
    return "it does not come from the console's window";
  }
  // Null: the frame has gone elsewhere or away since it sent.
  if (event.senderFrame === null || event.senderFrame.parent !== null) {
    return "it does not come from the page itself but from a frame in it";
  }
  if (originOf(event.senderFrame.url) !== origin) {
    return "the window does not show the console";
  }
  return null;
}
