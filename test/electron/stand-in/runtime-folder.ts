import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot, ROOT_DIR } from "../../../build/root-dir.ts";

/**
 * A folder with a program where ELECTRON_OVERRIDE_DIST_PATH has Electron's, for Playwright: the built main.mjs over the
 * stand-in. Of Playwright's arguments those before the app's folder are for the runtime, its own loader among them.
 */
export function makeRuntimeFolder(folder: string): void {
  const hooks = inRoot("test/electron/stand-in/hooks-for-playwright.ts");
  const main = inRoot("dist/electron/main.mjs");
  const script = `#!/bin/sh
while [ "$1" != "${ROOT_DIR}" ]; do shift; done
shift
export STAND_IN='${JSON.stringify({ appPath: ROOT_DIR, version: "9.8.7" })}'
exec "${process.execPath}" --inspect=0 --import "${hooks}" "${main}" "$@"
`;
  writeFileSync(join(folder, "electron"), script);
  chmodSync(join(folder, "electron"), 0o755);
}
