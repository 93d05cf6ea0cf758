import type { z } from "zod";
import type { StateCreator } from "zustand";
import type {
  DoctorResponse,
  discoveredSchema,
  profileViewSchema,
} from "../../contract/console-api.ts";

export type Discovered = z.infer<typeof discoveredSchema>;
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
  setConnection(connection: Connection, nowMs: number): void;
  setDoctor(doctor: DoctorResponse): void;
  setProfiles(profiles: readonly ProfileView[]): void;
  setDiscovered(discovered: readonly Discovered[]): void;
}

export const consoleSlice: StateCreator<ConsoleSlice> = (set) => ({
  connection: "connecting",
  liveUntil: null,
  doctor: null,
  profiles: [],
  discovered: [],
  setConnection: (connection, nowMs) =>
    set((was) => ({
      connection,
      liveUntil: was.connection === "live" || connection === "live" ? nowMs : was.liveUntil,
    })),
  setDoctor: (doctor) => set({ doctor }),
  setProfiles: (profiles) => set({ profiles }),
  setDiscovered: (discovered) => set({ discovered }),
});
