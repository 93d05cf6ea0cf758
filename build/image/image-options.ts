import { resolve } from "node:path";

export interface ImageOptions {
  /** Build even when nothing has changed. */
  readonly force: boolean;
  /** The operator's additions, absolute paths, in the order in which they are laid over the image. */
  readonly overlays: readonly string[];
}

export type OptionsOutcome =
  | { readonly ok: true; readonly options: ImageOptions }
  | { readonly ok: false; readonly message: string };

export const USAGE = "npm run image -- [--force] [--overlay DIR]…";

/**
 * The arguments of `npm run image --`.
 * @param workingDir what a relative overlay folder is relative to
 */
export function readImageOptions(args: readonly string[], workingDir: string): OptionsOutcome {
  let force = false;
  const overlays: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [name, inline] = splitOnce(arg);
    if (name === "--force" && inline === null) {
      force = true;
    } else if (name === "--overlay") {
      const folder = inline ?? rest.shift();
      if (folder === undefined || folder === "" || folder.startsWith("--")) {
        return { ok: false, message: `--overlay wants a folder: ${USAGE}` };
      }
      overlays.push(resolve(workingDir, folder));
    } else {
      return { ok: false, message: `"${arg}" is not an option of the image build: ${USAGE}` };
    }
  }
  return { ok: true, options: { force, overlays } };
}

function splitOnce(arg: string): [string, string | null] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, null] : [arg.slice(0, at), arg.slice(at + 1)];
}
