import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApi } from "./electron-api.ts";
import { trayIcon } from "./tray.ts";

/** Where things of the desktop app lie. Absolute paths. */
export interface Places {
  /** Laid out like the checkout: `dist/`, `reporter/`. */
  readonly programDir: string;
  readonly preloadFile: string;
  readonly logFile: string;
  readonly windowStateFile: string;
  readonly trayIconFile: string;
}

/**
 * Chromium's profile goes into the data directory, so that one folder holds everything and a console on another data
 * directory is another instance. To be called before the app is ready and before the instance lock is asked for.
 * @param bundleDir the folder of the built main.mjs, where its preload lies too
 * @throws an error with one sentence when the data directory cannot be used
 */
export function settlePlaces({ app }: ElectronApi, dataDir: string, bundleDir: string): Places {
  const desktopDir = join(dataDir, "desktop");
  try {
    mkdirSync(desktopDir, { recursive: true, mode: 0o700 });
    accessSync(desktopDir, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The data directory ${dataDir} cannot be used (${(error as NodeJS.ErrnoException).code}). Make it writable for the user who runs Vetting, or start with another --data-dir.`,
      { cause: error },
    );
  }
  app.setPath("userData", desktopDir);
  return {
    // Packaged, hosts' files lie beside the archive, as extraResources in electron-builder.yml.
    programDir: app.isPackaged ? process.resourcesPath : app.getAppPath(),
    preloadFile: join(bundleDir, "preload.cjs"),
    logFile: join(desktopDir, "vetting.log"),
    windowStateFile: join(desktopDir, "window.json"),
    trayIconFile: join(bundleDir, "icons", trayIcon(process.platform)),
  };
}
