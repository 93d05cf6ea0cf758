import { scanned } from "../hosts/scan.ts";
import { ScanReader } from "./scan-reader.ts";
import { matchKeys } from "./shortcuts.ts";

/** `g` waits this long for what it goes to, in ms. */
const SEQUENCE_MS = 1500;

/** Shortcuts and the scanner, from anywhere in the page. Returns the function that ends it. */
export function startKeyboard(): () => void {
  const scanner = new ScanReader();
  let pressed: readonly string[] = [];
  let pressedMs = 0;
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A field takes its keys itself, the search box its scans too; a dialog has the page to itself.
    if (isField(event.target) || document.querySelector("dialog[open]") !== null) return;
    const reading = scanner.read(event.key, event.timeStamp);
    if (reading.kind === "scan") {
      // Or it would press what has the focus.
      event.preventDefault();
      scanned(reading.text);
    }
    if (reading.kind !== "typed") {
      pressed = [];
      return;
    }
    if (event.key.length !== 1) return;
    if (event.timeStamp - pressedMs > SEQUENCE_MS) pressed = [];
    const match = matchKeys(pressed, event.key);
    pressed = match.kind === "wait" ? match.pressed : [];
    pressedMs = event.timeStamp;
    if (match.kind !== "act") return;
    event.preventDefault();
    match.shortcut.act?.();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

/** Where keys are text. */
function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}
