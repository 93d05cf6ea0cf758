import { basename } from "node:path";
import type { ConfigProblem } from "../../contract/common.ts";
import type { SettingsPatch, SettingsResponse } from "../../contract/settings-api.ts";
import type { VettingConfig } from "../../contract/vetting-config.ts";
import type { LiveConfig } from "./live-config.ts";
import { parseConfig, readYaml } from "./load-config.ts";
import { applyOverrides, type ConfigOverride } from "./overrides.ts";
import type { SettingsFile, SettingsText } from "./settings-file.ts";
import { editYaml } from "./yaml-edit.ts";

/** Why settings were not changed; nothing of them was then. */
export interface SettingsFailure {
  readonly ok: false;
  readonly kind: "settings-changed" | "settings-invalid" | "settings-read-only";
  readonly detail: string;
  /** With `settings-invalid`: every mistake. */
  readonly problems: readonly ConfigProblem[];
}
export type SettingsResult =
  | { readonly ok: true; readonly value: SettingsResponse }
  | SettingsFailure;

export interface LiveSettingsDeps {
  readonly file: SettingsFile;
  readonly live: LiveConfig;
  readonly overrides: readonly ConfigOverride[];
  /** Another configuration counts from here on. */
  readonly onChange: () => void;
  /** Told of a change by hand. */
  readonly onNotice: (level: "info" | "error", text: string) => void;
}

/** vetting.yaml while the console runs: shown, checked, changed from the page, and followed when it is changed by hand. */
export class LiveSettings {
  readonly #deps: LiveSettingsDeps;
  /** The text that was looked at last, with its mistakes. */
  #seen: {
    readonly stamp: string;
    readonly revision: string;
    readonly problems: readonly ConfigProblem[];
  };

  /** The file is the one that the configuration was just loaded from. */
  constructor(deps: LiveSettingsDeps) {
    this.#deps = deps;
    const stamp = deps.file.stamp();
    const { revision } = this.#read().text;
    this.#seen = { stamp, revision, problems: [] };
  }

  /** Looks whether the file was changed by hand: a good change counts at once, of a bad one only the mistakes do. */
  follow(): void {
    const { file, onNotice } = this.#deps;
    const stamp = file.stamp();
    if (stamp === this.#seen.stamp) return;
    const { text, unreadable } = this.#read();
    if (unreadable === null && text.revision === this.#seen.revision) {
      this.#seen = { ...this.#seen, stamp };
      return;
    }
    const checked = unreadable ?? this.#check(text.text);
    if (Array.isArray(checked)) {
      this.#seen = { stamp, revision: text.revision, problems: checked };
      const { line, key, detail } = checked[0] ?? WHOLE_FILE;
      const where = [
        line === null ? this.#name : `${this.#name}:${line}`,
        ...(key === "" ? [] : [key]),
      ];
      const more = checked.length > 1 ? ` (and ${checked.length - 1} more)` : "";
      onNotice(
        "error",
        `${where.join(": ")}: ${detail}${more}. The file was changed and cannot be used; the settings from before go on counting.`,
      );
      return;
    }
    this.#seen = { stamp, revision: text.revision, problems: [] };
    this.#take(checked.config);
    onNotice("info", `${this.#name} was changed; its settings count from now on.`);
  }

  view(): SettingsResponse {
    this.follow();
    const { file, live } = this.#deps;
    const { text, unreadable } = this.#read();
    return {
      file: file.path,
      exists: text.exists,
      readOnly: file.readOnly(),
      text: text.text,
      revision: text.revision,
      problems: unreadable ?? [...this.#seen.problems],
      written: writtenIn(text.text),
      effective: live.config,
      overridden: live.overridden(),
      restartNeeded: live.restartNeeded(),
    };
  }

  /** Every mistake of a text; empty when it can be used. */
  check(text: string): ConfigProblem[] {
    const checked = this.#check(text);
    return Array.isArray(checked) ? checked : [];
  }

  /** @param revision names the text that this one was made from. */
  put(text: string, revision: string): SettingsResult {
    this.follow();
    const now = this.#read();
    if (now.text.revision !== revision) {
      return failure(
        "settings-changed",
        `${this.#name} was changed meanwhile, by hand or in another window. Nothing was saved.`,
      );
    }
    const checked = this.#check(text);
    if (Array.isArray(checked)) {
      const [first] = checked;
      const where = first?.line == null ? "" : ` in line ${first.line}`;
      const key = first === undefined || first.key === "" ? "" : `${first.key}: `;
      const more = checked.length > 1 ? ` (and ${checked.length - 1} more)` : "";
      return failure(
        "settings-invalid",
        `Not saved: ${this.#name} would have a mistake${where}: ${key}${first?.detail}${more}.`,
        checked,
      );
    }
    if (text !== now.text.text || !now.text.exists) {
      const written = this.#deps.file.write(text);
      if (!written.ok) return failure("settings-read-only", written.detail);
      this.#seen = {
        stamp: this.#deps.file.stamp(),
        revision: written.value.revision,
        problems: [],
      };
      this.#take(checked.config);
    }
    return { ok: true, value: this.view() };
  }

  patch({ revision, edits }: SettingsPatch): SettingsResult {
    const { text } = this.#read();
    const edited = editYaml(text.text, edits);
    if (edited.ok) return this.put(edited.text, revision);
    const { key, detail } = edited;
    return failure("settings-invalid", `Not saved: ${key}: ${detail}.`, [
      { line: null, column: null, key, detail },
    ]);
  }

  get #name(): string {
    return basename(this.#deps.file.path);
  }

  /** What cannot be read is an empty text with the reason as its mistake. */
  #read(): { text: SettingsText; unreadable: ConfigProblem[] | null } {
    const read = this.#deps.file.read();
    if (read.ok) return { text: read.value, unreadable: null };
    const text = { text: "", revision: "", exists: true };
    return { text, unreadable: [{ ...WHOLE_FILE, detail: read.detail }] };
  }

  #check(text: string): ConfigProblem[] | { config: VettingConfig } {
    const parsed = parseConfig(text, this.#name);
    if (!parsed.ok) return [...parsed.problems];
    const overridden = applyOverrides(parsed.config, this.#deps.overrides);
    if (!overridden.ok) return [{ ...WHOLE_FILE, detail: overridden.message }];
    return { config: overridden.config };
  }

  #take(config: VettingConfig): void {
    this.#deps.live.change(config);
    this.#deps.onChange();
  }
}

const WHOLE_FILE: ConfigProblem = { line: null, column: null, key: "", detail: "" };

function failure(
  kind: SettingsFailure["kind"],
  detail: string,
  problems: readonly ConfigProblem[] = [],
): SettingsFailure {
  return { ok: false, kind, detail, problems };
}

function writtenIn(text: string): Record<string, unknown> | null {
  const read = readYaml(text);
  if (!read.ok) return null;
  const vetting = (read.value as { vetting?: unknown } | null)?.vetting ?? {};
  return typeof vetting === "object" && !Array.isArray(vetting)
    ? (vetting as Record<string, unknown>)
    : {};
}
