import { create } from "zustand";
import type { Attention } from "../store/hosts-slice.ts";

export interface HostsView {
  readonly query: string;
  /** Only hosts that stand like this; null: all. */
  readonly filter: Attention | null;
  /** A MAC to be added, from a scan or a press; empty: to be typed. Null: no dialog. */
  readonly addMac: string | null;
  setQuery(query: string): void;
  setFilter(filter: Attention | null): void;
  setAddMac(mac: string | null): void;
  /** All hosts again. */
  showAll(): void;
}

/** How the hosts are looked at. It outlives the page: who comes back from a run finds what was searched for. */
export const useHostsView = create<HostsView>((set) => ({
  query: "",
  filter: null,
  addMac: null,
  setQuery: (query) => set({ query }),
  setFilter: (filter) => set({ filter }),
  setAddMac: (addMac) => set({ addMac }),
  showAll: () => set({ query: "", filter: null }),
}));
