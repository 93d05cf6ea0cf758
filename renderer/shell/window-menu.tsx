import { Menu } from "@base-ui/react/menu";
import { Icon } from "../design/icon.tsx";
import { useHelp } from "./help-state.ts";
import { setPreference, THEMES, type Theme, usePreferences } from "./preferences.ts";
import { play, TUNES } from "./sounds.ts";

const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
};

/** What this window looks and sounds like, remembered; and the help. */
export function WindowMenu() {
  const theme = usePreferences((preferences) => preferences.theme);
  const sounds = usePreferences((preferences) => preferences.sounds);
  const onSounds = (on: boolean) => {
    setPreference("sounds", on);
    if (on) play(TUNES.pass);
  };
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="plain viewmenu">View</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="hintplace" align="end" sideOffset={4} collisionPadding={8}>
          <Menu.Popup className="menu">
            <Menu.RadioGroup
              value={theme}
              onValueChange={(value: Theme) => setPreference("theme", value)}
            >
              <Menu.GroupLabel className="grouplabel">Colours</Menu.GroupLabel>
              {THEMES.map((one) => (
                <Menu.RadioItem key={one} value={one} className="menuitem">
                  <Icon name="check" />
                  {THEME_WORDS[one]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator render={<hr />} />
            <Menu.CheckboxItem className="menuitem" checked={sounds} onCheckedChange={onSounds}>
              <Icon name="check" />
              Sound on hold, failure and pass
            </Menu.CheckboxItem>
            <Menu.Separator render={<hr />} />
            <Menu.Item className="menuitem" onClick={() => useHelp.getState().show(true)}>
              <Icon name="check" />
              Keyboard and notifications…
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
