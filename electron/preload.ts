import { contextBridge, ipcRenderer } from "electron";
import type { DesktopApi } from "../contract/desktop-api.ts";
import { CHANNELS, VERSION_SWITCH } from "./channels.ts";

// Runs sandboxed before the page. The page gets the functions below and nothing of Electron: no event object, no
// channel name of its own choosing.

const argument = process.argv.find((arg) => arg.startsWith(VERSION_SWITCH));
const listeners = new Set<(runId: number) => void>();
/** A link may come before the page listens; the last one waits for it. */
let waitingRunId: number | null = null;

ipcRenderer.on(CHANNELS.openRun, (_event, runId: number) => {
  if (listeners.size === 0) waitingRunId = runId;
  for (const listener of listeners) listener(runId);
});

const api: DesktopApi = {
  version: argument?.slice(VERSION_SWITCH.length) ?? "",
  notify: ({ title, body, runId }) => ipcRenderer.send(CHANNELS.notify, { title, body, runId }),
  onOpenRun: (callback) => {
    listeners.add(callback);
    if (waitingRunId !== null) {
      callback(waitingRunId);
      waitingRunId = null;
    }
    return () => {
      listeners.delete(callback);
    };
  },
  saveReport: ({ runId, kind }) => ipcRenderer.invoke(CHANNELS.saveReport, { runId, kind }),
  setBadge: (count) => ipcRenderer.send(CHANNELS.setBadge, count),
};

contextBridge.exposeInMainWorld("vetting", api);
