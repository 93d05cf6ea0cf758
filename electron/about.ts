import type { ElectronApi } from "./electron-api.ts";

/** What the about box says. The menu's `about` role shows it on every platform. */
export function setupAbout({ app }: ElectronApi, { dataDir }: { readonly dataDir: string }): void {
  app.setAboutPanelOptions({
    applicationName: "Vetting",
    applicationVersion: app.getVersion(),
    copyright: "MIT licence",
    credits: `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}, Node ${process.versions.node}\nData: ${dataDir}`,
  });
}
