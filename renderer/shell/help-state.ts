import { create } from "zustand";

/** Whether the help sheet lies over the page. */
export const useHelp = create<{ readonly open: boolean; show(open: boolean): void }>((set) => ({
  open: false,
  show: (open) => set({ open }),
}));
