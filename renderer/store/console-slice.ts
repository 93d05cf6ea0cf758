import type { z } from "zod";
import type { StateCreator } from "zustand";
import type {
  DoctorResponse,
  discoveredSchema,
  LiveEvent,
  profileViewSchema,
} from "../../contract/console-api.ts";

export type Discovered = z.infer<typeof discoveredSchema>;
export type Notice = Extract<LiveEvent, { type: "notice" }>;
export type ProfileView = z.infer<typeof profileViewSchema>;

/** `lost`: the server is unreachable and what is shown is stale. `refused`: it no longer knows this window. */
export type Connection = "connecting" | "live" | "lost" | "refused";

export interface ConsoleSlice {
  readonly connection: Connection;
  /** When the stream was last known to be live, in ms; null before. */
  readonly liveUntil: number | null;
  readonly doctor: DoctorResponse | null;
  readonly profiles: readonly ProfileView[];
  readonly discovered: readonly Discovered[];
  /** What is to be said at once and was not said yet. */
  readonly notices: readonly Notice[];
  setConnection(connection: Connection, nowMs: number): void;
  setDoctor(doctor: DoctorResponse): void;
  setProfiles(profiles: readonly ProfileView[]): void;
  setDiscovered(discovered: readonly Discovered[]): void;
  addNotice(notice: Notice): void;
  /** They are said now. */
  clearNotices(): void;
}

export const consoleSlice: StateCreator<ConsoleSlice> = (set) => ({
  connection: "connecting",
  liveUntil: null,
  doctor: null,
  profiles: [],
  discovered: [],
  notices: [],
  setConnection: (connection, nowMs) =>
    set((was) => ({
      connection,
      liveUntil: was.connection === "live" || connection === "live" ? nowMs : was.liveUntil,
    })),
  setDoctor: (doctor) => set({ doctor }),
  setProfiles: (profiles) => set({ profiles }),
  setDiscovered: (discovered) => set({ discovered }),
  addNotice: (notice) => set(({ notices }) => ({ notices: [...notices, notice] })),
  clearNotices: () => set({ notices: [] }),
});
