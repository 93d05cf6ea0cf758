import { useEffect, useState } from "react";
import type { ConfigProblem } from "../../contract/common.ts";
import { type SettingsResponse, settingsCheckResponseSchema } from "../../contract/settings-api.ts";
import { apiPost } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { ConflictDialog } from "./conflict-dialog.tsx";
import { setText, useDraft } from "./draft.ts";
import type { SettingsState } from "./use-settings.ts";
import { YamlEditor } from "./yaml-editor.tsx";

/** After the last key the text is checked; nobody types slower within a word. */
const CHECK_AFTER_MS = 400;

/** The whole of vetting.yaml as text, checked while it is typed. */
export function FileTab({ settings, state }: { settings: SettingsResponse; state: SettingsState }) {
  const draft = useDraft(({ text }) => text);
  const [conflict, setConflict] = useState(false);
  const text = draft?.now ?? settings.text;
  const { problems, checking } = useCheck(text, draft === null ? settings.problems : null);
  const save = async (over = false) => {
    setConflict((await state.saveText(over)) === "changed-meanwhile");
  };
  const change = (now: string) => {
    const revision = draft?.revision ?? settings.revision;
    setText(now === settings.text && revision === settings.revision ? null : { now, revision });
  };
  const unsaved = draft !== null;
  return (
    <section className="sheet" aria-label="vetting.yaml">
      <div className="row">
        <code>{settings.file}</code>
        {!settings.exists && <span className="quiet">is made by the first change</span>}
        <span className="grow" />
        {unsaved && <span className="badge gaps">Not saved</span>}
        <Button unable={!unsaved} onClick={() => setText(null)}>
          Discard
        </Button>
        <Button
          kind="primary"
          unable={!unsaved || settings.readOnly !== null}
          busy={state.saving}
          onClick={() => void save()}
        >
          Save the text
        </Button>
      </div>
      <YamlEditor
        text={text}
        problems={problems}
        checking={checking}
        readOnly={settings.readOnly !== null}
        onChange={change}
        onSave={() => void (unsaved && save())}
      />
      {conflict && draft !== null && (
        <ConflictDialog
          theirs={settings.text}
          mine={draft.now}
          onTake={() => {
            setText(null);
            setConflict(false);
          }}
          onOverwrite={() => void save(true)}
          onClose={() => setConflict(false)}
        />
      )}
    </section>
  );
}

/** The mistakes of the text, asked of the server once the typing pauses. @param known those that are known already. */
function useCheck(text: string, known: readonly ConfigProblem[] | null) {
  const [checked, setChecked] = useState<{ text: string; problems: readonly ConfigProblem[] }>({
    text: "",
    problems: [],
  });
  const asks = known === null;
  useEffect(() => {
    if (!asks) return undefined;
    let over = false;
    const check = async () => {
      const answer = await apiPost("settings/check", settingsCheckResponseSchema, { text });
      if (answer.ok && !over) setChecked({ text, problems: answer.value.problems });
    };
    const timer = setTimeout(() => void check(), CHECK_AFTER_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [text, asks]);
  return { problems: known ?? checked.problems, checking: asks && checked.text !== text };
}
