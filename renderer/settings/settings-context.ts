import { createContext } from "react";
import type { ConfigProblem } from "../../contract/common.ts";

/** What every field of the settings screen asks for. */
export const SettingsContext = createContext<{
  /** Mistakes that the last save would have made. */
  readonly problems: readonly ConfigProblem[];
  /** Why nothing can be changed by a form, or null. */
  readonly locked: string | null;
}>({ problems: [], locked: null });
