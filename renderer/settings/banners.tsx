import type { SettingsResponse } from "../../contract/settings-api.ts";
import { Icon } from "../design/icon.tsx";

/** What stands between the file and what counts. */
export function SettingsBanners({
  settings: { problems, readOnly, restartNeeded },
  onShowFile,
}: {
  settings: SettingsResponse;
  onShowFile: () => void;
}) {
  const [first] = problems;
  return (
    <>
      {first !== undefined && (
        <p className="problem bad" role="alert">
          <Icon name="alert" />
          <span>
            vetting.yaml has {problems.length === 1 ? "a mistake" : `${problems.length} mistakes`}
            {first.line !== null && `, the first in line ${first.line}`}. The settings from before
            go on counting, and the forms are locked until it is mended.{" "}
            <button type="button" onClick={onShowFile}>
              Show it
            </button>
          </span>
        </p>
      )}
      {readOnly !== null && (
        <p className="warning">
          <Icon name="alert" />
          <span>Nothing can be changed here: {readOnly}</span>
        </p>
      )}
      {restartNeeded.length > 0 && (
        <p className="warning">
          <Icon name="clock" />
          <span>
            Counts once the console is started anew: <code>{restartNeeded.join(", ")}</code>
          </span>
        </p>
      )}
    </>
  );
}
