import { createWriteStream } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { ReportKind, SaveOutcome } from "../contract/desktop-api.ts";
import { reportFileName } from "../contract/wording/report-file.ts";
import type { BrowserWindow, ElectronApi, PrintToPDFOptions } from "./electron-api.ts";
import type { SaveRequest } from "./ipc.ts";
import type { OwnConsole } from "./own-console.ts";
import { SANDBOXED } from "./window.ts";

interface FileKind {
  /** Under `runs/:id/`; a PDF is printed from the HTML. */
  readonly route: string;
  readonly ending: string;
  readonly name: string;
}

const FILE_KINDS: Readonly<Record<ReportKind, FileKind>> = {
  html: { route: "report.html", ending: "html", name: "Report (HTML)" },
  pdf: { route: "report.html", ending: "pdf", name: "Report (PDF)" },
  jsonl: { route: "report.jsonl", ending: "jsonl", name: "OCP diagnostics (JSON lines)" },
  junit: { route: "report.junit.xml", ending: "junit.xml", name: "JUnit XML" },
};

/** The report's own style sheet says A4 and its margins. */
const PRINT: PrintToPDFOptions = {
  printBackground: true,
  preferCSSPageSize: true,
  generateTaggedPDF: true,
  generateDocumentOutline: true,
};

export interface ReportsOptions {
  readonly ownConsole: OwnConsole;
  /** The window that the save dialog belongs to. */
  readonly window: () => BrowserWindow | null;
}

/** Saves a run's report where the user says, and shows one in a window of its own. */
export class Reports {
  readonly #electron: ElectronApi;
  readonly #options: ReportsOptions;
  /** Where the last one went; a technician saves a day's reports to one place. */
  #folder: string | null = null;

  constructor(electron: ElectronApi, options: ReportsOptions) {
    this.#electron = electron;
    this.#options = options;
  }

  async save({ runId, kind }: SaveRequest): Promise<SaveOutcome> {
    const { ownConsole, window } = this.#options;
    // Asked first: a run that is not there should not cost a dialog, and the file is named after its host.
    const run = await ownConsole.get(`/runs/${runId}`);
    if (!run.ok) return { kind: "failed", detail: run.detail };
    const { hostName } = (await run.response.json()) as { hostName: string };
    const { ending, name } = FILE_KINDS[kind];
    const fileName = reportFileName(hostName, runId, ending);
    const dialogOptions = {
      title: `Save the report of run ${runId}`,
      defaultPath: join(this.#folder ?? this.#electron.app.getPath("documents"), fileName),
      filters: [{ name, extensions: [ending.replace(/^.*\./, "")] }],
    };
    const parent = window();
    const answer =
      parent === null
        ? await this.#electron.dialog.showSaveDialog(dialogOptions)
        : await this.#electron.dialog.showSaveDialog(parent, dialogOptions);
    if (answer.canceled || answer.filePath === "") return { kind: "cancelled" };
    const path = answer.filePath;
    const failed = await this.#write(runId, kind, path);
    if (failed !== null) return { kind: "failed", detail: failed };
    this.#folder = join(path, "..");
    return { kind: "saved", path };
  }

  /** A page of the console, such as a report, in a plain window: fenced in like the other and without a preload. */
  show(path: string): void {
    const window = new this.#electron.BrowserWindow({
      width: 1000,
      height: 900,
      title: "Vetting",
      autoHideMenuBar: true,
      webPreferences: SANDBOXED,
    });
    void window.loadURL(`${this.#options.ownConsole.origin}${path}`, this.#headers()).catch(() => {
      // The window shows the browser's own words for it.
    });
  }

  /** Whole or not at all: a report that ends in the middle is worse than none. Null, or what went wrong. */
  async #write(runId: number, kind: ReportKind, path: string): Promise<string | null> {
    const route = `/runs/${runId}/${FILE_KINDS[kind].route}`;
    const draft = `${path}.part`;
    try {
      if (kind === "pdf") {
        const printed = await this.#print(route);
        if (typeof printed === "string") return printed;
        await writeFile(draft, printed);
      } else {
        const answer = await this.#options.ownConsole.get(route);
        if (!answer.ok) return answer.detail;
        if (answer.response.body === null) return "The console sent an empty report.";
        const body = Readable.fromWeb(answer.response.body as NodeStream);
        await pipeline(body, createWriteStream(draft));
      }
      await rename(draft, path);
      return null;
    } catch (error) {
      await rm(draft, { force: true });
      return `The file could not be written: ${error instanceof Error ? error.message : error}.`;
    }
  }

  /** The report as Chromium prints it, from a window that is never shown. A string says why not. */
  async #print(route: string): Promise<Buffer | string> {
    const { ownConsole } = this.#options;
    const window = new this.#electron.BrowserWindow({ show: false, webPreferences: SANDBOXED });
    try {
      let status = 0;
      window.webContents.on("did-navigate", (_event, _url, httpResponseCode) => {
        status = httpResponseCode;
      });
      await window.loadURL(ownConsole.url(route), this.#headers());
      if (status !== 200) return `The report could not be opened (the console answered ${status}).`;
      return await window.webContents.printToPDF(PRINT);
    } catch (error) {
      return `The report could not be printed: ${error instanceof Error ? error.message : error}.`;
    } finally {
      window.destroy();
    }
  }

  #headers() {
    return { extraHeaders: `Authorization: ${this.#options.ownConsole.authorization}\n` };
  }
}
