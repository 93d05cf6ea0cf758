import { create } from "zustand";
import { type ConsoleSlice, consoleSlice } from "./console-slice.ts";
import { type HistorySlice, historySlice } from "./history-slice.ts";
import { type HostsSlice, hostsSlice } from "./hosts-slice.ts";
import { type RunSlice, runSlice } from "./run-slice.ts";

export type Store = HostsSlice & RunSlice & ConsoleSlice & HistorySlice;

/** Everything on the screen except the series, which change too often for React state. */
export const useStore = create<Store>()((...args) => ({
  ...hostsSlice(...args),
  ...runSlice(...args),
  ...consoleSlice(...args),
  ...historySlice(...args),
}));
