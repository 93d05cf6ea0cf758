import { useState } from "react";
import { Busy } from "../design/busy.tsx";
import { Button } from "../design/button.tsx";
import { Problem } from "../design/problem.tsx";
import { type Tab, Tabs } from "../design/tabs.tsx";
import { SettingsBanners } from "../settings/banners.tsx";
import { useDraft } from "../settings/draft.ts";
import { FileTab } from "../settings/file-tab.tsx";
import { GeneralTab } from "../settings/general-tab.tsx";
import { ProfilesTab } from "../settings/profiles-tab.tsx";
import { SettingsContext } from "../settings/settings-context.ts";
import { SpecsTab } from "../settings/specs-tab.tsx";
import { ThresholdsTab } from "../settings/thresholds-tab.tsx";
import { type SettingsState, useSettings } from "../settings/use-settings.ts";

type TabId = "profiles" | "thresholds" | "specs" | "general" | "file";

/** vetting.yaml: forms that change single values of it, and the text itself. */
export function SettingsPage() {
  const state = useSettings();
  const [shown, setShown] = useState<TabId>("profiles");
  const edits = useDraft((draft) => draft.edits);
  const text = useDraft((draft) => draft.text);
  const { settings, failure, problems } = state;
  if (settings === null) {
    return failure === null ? (
      <Busy what="Fetching the settings…" />
    ) : (
      <Problem failure={failure} />
    );
  }
  const unsaved = (section: string | null) => {
    const count = [...edits.values()].filter(({ path }) => sectionOf(path[1]) === section).length;
    return count === 0 ? {} : { mark: `${count} not saved` };
  };
  const tabs: readonly Tab<TabId>[] = [
    {
      id: "profiles",
      title: "Profiles",
      content: <ProfilesTab settings={settings} />,
      ...unsaved("profiles"),
    },
    {
      id: "thresholds",
      title: "Thresholds",
      content: <ThresholdsTab settings={settings} />,
      ...unsaved("thresholds"),
    },
    { id: "specs", title: "Specs", content: <SpecsTab settings={settings} />, ...unsaved("specs") },
    {
      id: "general",
      title: "General",
      content: <GeneralTab settings={settings} />,
      ...unsaved("general"),
    },
    {
      id: "file",
      title: "vetting.yaml",
      content: <FileTab settings={settings} state={state} />,
      ...(text === null ? {} : { mark: "not saved" }),
    },
  ];
  const locked =
    settings.readOnly ?? (settings.problems.length > 0 ? "The file has mistakes." : null);
  return (
    <SettingsContext value={{ problems, locked }}>
      <h1>Settings</h1>
      <SettingsBanners settings={settings} onShowFile={() => setShown("file")} />
      <Problem failure={failure} />
      <div className="settings">
        <Tabs label="Settings" tabs={tabs} shown={shown} onShow={setShown} />
      </div>
      {edits.size > 0 && shown !== "file" && <SaveBar state={state} locked={locked} />}
    </SettingsContext>
  );
}

/** The tab that a key below `vetting` belongs to. */
function sectionOf(key: string | number | undefined): string {
  return key === "profiles" || key === "thresholds" || key === "specs" ? key : "general";
}

function SaveBar({ state, locked }: { state: SettingsState; locked: string | null }) {
  const count = useDraft((draft) => draft.edits.size);
  return (
    <section className="savebar" aria-label="Changes that are not saved">
      <strong>{count === 1 ? "1 change is not saved" : `${count} changes are not saved`}</strong>
      <span className="quiet">The comments of the file stay.</span>
      <span className="grow" />
      <Button onClick={state.discard}>Discard</Button>
      <Button
        kind="primary"
        busy={state.saving}
        unable={locked !== null}
        onClick={() => void state.saveEdits()}
      >
        Save
      </Button>
    </section>
  );
}
