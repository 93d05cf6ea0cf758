import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type { DemoApp } from "./demo-app.ts";

/** What the page saves, wherever it is shown: a browser downloads, the app asks where to. */
export interface TakenFiles {
  /** @returns the text of the file of this name that a press saves */
  saved(press: () => Promise<void>, name: string): Promise<string>;
  /** @returns the title of what a press prints: a browser on paper, the app as a PDF */
  printed(press: () => Promise<void>): Promise<string>;
  end(): void;
}

/** To be called before the page is opened. */
export async function filesFromBrowser(page: Page): Promise<TakenFiles> {
  // The print dialog, by which a browser makes the PDF, is nothing that a spec can press on.
  const title = Promise.withResolvers<string>();
  await page.exposeFunction("toldToPrint", title.resolve);
  await page.addInitScript(() => {
    window.print = () => {
      const { toldToPrint } = window.top as unknown as { toldToPrint(title: string): void };
      toldToPrint(document.title);
    };
  });
  return {
    saved: async (press, name) => {
      const download = page.waitForEvent("download");
      await press();
      expect((await download).suggestedFilename()).toBe(name);
      return readFileSync(await (await download).path(), "utf8");
    },
    printed: async (press) => {
      await press();
      return title.promise;
    },
    end: () => {},
  };
}

export async function filesFromApp({ saveTo, window }: DemoApp): Promise<TakenFiles> {
  const folder = mkdtempSync(join(tmpdir(), "vetting-saved-"));
  await saveTo(folder);
  const pathSaved = async (press: () => Promise<void>) => {
    await press();
    const said = window.getByRole("status").filter({ hasText: `Saved as ${folder}` });
    return /^Saved as (.*)\.$/.exec((await said.textContent()) ?? "")?.[1] ?? "";
  };
  return {
    saved: async (press, name) => {
      const path = await pathSaved(press);
      expect(path).toBe(join(folder, name));
      return readFileSync(path, "utf8");
    },
    printed: async (press) => {
      const path = await pathSaved(press);
      expect(readFileSync(path, "latin1")).toMatch(/^%PDF-/);
      return path;
    },
    end: () => rmSync(folder, { recursive: true }),
  };
}
