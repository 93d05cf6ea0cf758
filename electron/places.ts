import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApi } from "./electron-api.ts";

/** Where things of the desktop app lie. Absolute paths. */
export interface Places {
  /** Laid out like the checkout: `dist/`, `reporter/`. */
  readonly programDir: string;
  readonly preloadFile: string;
  readonly logFile: string;
  readonly windowStateFile: string;
}

/**
 * Chromium's profile goes into the data directory, so that one folder holds everything and a console on another data
 * directory is another instance. To be called before the app is ready and before the instance lock is asked for.
 * @param bundleDir the folder of the built main.mjs, where its preload lies too
 * @throws when the data directory cannot be made
 */
export function settlePlaces({ app }: ElectronApi, dataDir: string, bundleDir: string): Places {
  const desktopDir = join(dataDir, "desktop");
  mkdirSync(desktopDir, { recursive: true, mode: 0o700 });
  app.setPath("userData", desktopDir);
  return {
    // Packaged, hosts' files lie beside the archive, as extraResources in electron-builder.yml.
    programDir: app.isPackaged ? process.resourcesPath : app.getAppPath(),
    preloadFile: join(bundleDir, "preload.cjs"),
    logFile: join(desktopDir, "vetting.log"),
    windowStateFile: join(desktopDir, "window.json"),
  };
}
