import { useCallback, useEffect, useState } from "react";
import type { ConfigProblem } from "../../contract/common.ts";
import { type SettingsResponse, settingsResponseSchema } from "../../contract/settings-api.ts";
import { type ApiFailure, apiChange, apiGet } from "../api/client.ts";
import { showToast } from "../design/toasts.tsx";
import { useStore } from "../store/store.ts";
import { dropEdits, setText, useDraft } from "./draft.ts";

const SAVED = {
  id: "settings-saved",
  title: "Settings saved",
  icon: "check",
  tone: "active",
  urgent: false,
  stays: false,
} as const;

export type SaveOutcome = "saved" | "changed-meanwhile" | "refused";

export interface SettingsState {
  readonly settings: SettingsResponse | null;
  /** Why the last fetch or save gave nothing. */
  readonly failure: ApiFailure | null;
  /** Mistakes that the last save would have made. */
  readonly problems: readonly ConfigProblem[];
  readonly saving: boolean;
  /** Saves the changes of the forms. */
  readonly saveEdits: () => Promise<void>;
  /** Saves the whole text. @param over overwrites whatever lies there by now. */
  readonly saveText: (over?: boolean) => Promise<SaveOutcome>;
  readonly discard: () => void;
}

/** vetting.yaml as the server has it, and the ways to change it. Fetched anew when the server's settings change. */
export function useSettings(): SettingsState {
  const [settings, setSettings] = useState<SettingsResponse | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [problems, setProblems] = useState<readonly ConfigProblem[]>([]);
  const [saving, setSaving] = useState(false);
  // The profiles come anew with every snapshot, which every change of the settings brings about.
  const snapshot = useStore((state) => state.profiles);

  const reload = useCallback(async () => {
    const answer = await apiGet("settings", settingsResponseSchema);
    if (answer.ok) setSettings(answer.value);
    else setFailure(answer.failure);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new snapshot is the reason to ask again.
  useEffect(() => {
    void reload();
  }, [reload, snapshot]);

  const save = async (method: "PUT" | "PATCH", body: object): Promise<SaveOutcome> => {
    setSaving(true);
    const answer = await apiChange(method, "settings", settingsResponseSchema, body);
    setSaving(false);
    setFailure(answer.ok ? null : answer.failure);
    setProblems(answer.ok ? [] : (answer.failure.problems ?? []));
    if (answer.ok) {
      setSettings(answer.value);
      showToast(SAVED);
      return "saved";
    }
    if (answer.failure.type?.endsWith(":settings-changed") !== true) return "refused";
    await reload();
    return "changed-meanwhile";
  };
  return {
    settings,
    failure,
    problems,
    saving,
    saveEdits: async () => {
      const edits = [...useDraft.getState().edits.values()];
      if (settings === null || edits.length === 0) return;
      const body = { revision: settings.revision, edits };
      if ((await save("PATCH", body)) === "saved") dropEdits();
    },
    saveText: async (over = false) => {
      const { text } = useDraft.getState();
      if (settings === null || text === null) return "saved";
      const revision = over ? settings.revision : text.revision;
      const outcome = await save("PUT", { text: text.now, revision });
      if (outcome === "saved") setText(null);
      return outcome;
    },
    discard: () => {
      setFailure(null);
      setProblems([]);
      dropEdits();
    },
  };
}
