import { Dialog } from "../design/dialog.tsx";
import { linesBeside } from "./lines.ts";

/** Somebody else changed the file while this text was typed: shown before one of the two is lost. */
export function ConflictDialog({
  theirs,
  mine,
  onTake,
  onOverwrite,
  onClose,
}: {
  theirs: string;
  mine: string;
  onTake: () => void;
  onOverwrite: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title="vetting.yaml was changed meanwhile" onClose={onClose}>
      <p>
        By hand or in another window. This is the file as it is now; lines that your text does not
        have are marked with ≠.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it. */}
      <pre className="theirs" tabIndex={0}>
        {linesBeside(theirs, mine).map(({ number, text, other }) => (
          <span key={number} className={other ? "gaps" : "quiet"}>
            {`${other ? "≠" : " "} ${String(number).padStart(4)}  ${text}\n`}
          </span>
        ))}
      </pre>
      <div className="actions">
        <button type="button" onClick={onClose}>
          Back to my text
        </button>
        <button type="button" onClick={onTake}>
          Take the file, drop my text
        </button>
        <button type="button" className="dangerous" onClick={onOverwrite}>
          Overwrite the file
        </button>
      </div>
    </Dialog>
  );
}
