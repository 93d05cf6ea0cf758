import type { HostAccess } from "../contract/agent-api.ts";
import { STAGES, type StageName } from "../contract/stages.ts";
import type { Verdict } from "../contract/verdict.ts";
import { blockLetters } from "./block-letters.ts";
import { blameText, type HeldFailure } from "./held-failure.ts";
import type { HostIdentity } from "./host-identity.ts";
import { printableAscii, wrapped } from "./printable.ts";

/** Can an investigator log in? */
export type Login =
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly access: HostAccess }
  | { readonly kind: "closed"; readonly why: string };

export type MonitorPhase =
  /** `words`: what stands between the agent and its run; null while it asks. */
  | { readonly kind: "claiming"; readonly words: string | null }
  | { readonly kind: "stage"; readonly stage: StageName; readonly since: Date }
  | { readonly kind: "held"; readonly failure: HeldFailure; readonly login: Login }
  | { readonly kind: "passed"; readonly verdict: Verdict | null; readonly next: string }
  | { readonly kind: "cancelled"; readonly next: string }
  | { readonly kind: "over"; readonly why: string; readonly next: string };

export type StageMark = "passed" | "failed" | "skipped";

/** All that the host's own monitor says. */
export interface MonitorFacts {
  readonly host: HostIdentity;
  readonly run: {
    readonly id: number;
    readonly profile: string;
    readonly nonDestructive: boolean;
  } | null;
  readonly consoleUrl: string;
  readonly phase: MonitorPhase;
  /** How stages ended in this boot; one before the present stage that is not among them has been done. */
  readonly marks: ReadonlyMap<StageName, StageMark>;
  /** What is wrong beside the run: the console does not answer. */
  readonly notice: string | null;
  readonly now: Date;
}

export type Tone = "running" | "good" | "doubtful" | "bad" | "neutral";

/** Symbol and word carry the meaning; the colour only repeats it. The second word has a line of its own. */
interface Headline {
  readonly tone: Tone;
  readonly words: readonly [string, ...string[]];
}

/** The rows that letters need at least. */
const LETTER_ROWS = 7;
const HEADER_ROWS = 3;
/** Body lines that letters leave alone, so far as the terminal has them. */
const LEAST_BODY_ROWS = 4;
/** A long reason must not push the way in off the screen; the greeting and the console have it whole. */
const REASON_ROWS = 4;
const WORD_GAP = "  ";

/**
 * The whole screen as text: at most `rows` lines, each shorter than `columns` (a full last column would wrap on
 * some consoles). Letters are made of `█`, which whoever paints may replace; everything else is ASCII.
 */
export function renderScreen(facts: MonitorFacts, columns: number, rows: number): string {
  const width = columns - 1;
  const headline = headlineOf(facts.phase);
  const body = bodyOf(facts, width).flatMap((line) => wrappedLine(line, width));
  const room = rows - HEADER_ROWS - 2;
  const forLetters = Math.max(LETTER_ROWS, room - Math.max(body.length, LEAST_BODY_ROWS) - 1);
  const letters = lettersOf(headline, width, Math.min(forLetters, room));
  const rest = Math.max(0, room - letters.length - 1);
  const shown = body.length <= rest ? body : [...body.slice(0, Math.max(0, rest - 1)), "..."];
  const top = [...headerOf(facts, width), "", ...letters, "", ...shown].slice(0, rows - 1);
  const filled = [...top, ...Array.from({ length: rows - 1 - top.length }, () => "")];
  const footer = `Updated ${facts.now.toISOString().slice(11, 19)} UTC`;
  return [...filled, footer].map((line) => line.slice(0, width).trimEnd()).join("\n");
}

/** A sentence, or items of which none is broken and which stand well apart. */
type BodyLine = string | readonly string[];

function wrappedLine(line: BodyLine, width: number): string[] {
  return typeof line === "string"
    ? wrapped(printableAscii(line).split(" "), width)
    : wrapped(line.map(printableAscii), width, WORD_GAP);
}

/** What the letters' colour repeats. */
export function toneOf(phase: MonitorPhase): Tone {
  return headlineOf(phase).tone;
}

function headlineOf(phase: MonitorPhase): Headline {
  switch (phase.kind) {
    case "claiming":
      return { tone: "running", words: ["▶ CLAIMING"] };
    case "stage":
      return {
        tone: "running",
        words: [`▶ ${phase.stage}`, `${numberOf(phase.stage)} OF ${STAGES.length}`],
      };
    case "held": {
      const { stage } = phase.failure;
      return { tone: "bad", words: stage === null ? ["✗ FAILED"] : ["✗ FAILED", firstWord(stage)] };
    }
    case "passed":
      return passedHeadline(phase.verdict);
    case "cancelled":
      return { tone: "neutral", words: ["■ CANCELLED"] };
    case "over":
      return { tone: "neutral", words: ["■ OVER"] };
  }
}

function passedHeadline(verdict: Verdict | null): Headline {
  switch (verdict) {
    case "pass_with_gaps":
      return { tone: "doubtful", words: ["✓ PASSED", "WITH GAPS"] };
    case "incomplete":
      return { tone: "doubtful", words: ["■ INCOMPLETE"] };
    case "fail":
      return { tone: "bad", words: ["✗ FAILED"] };
    case "pass":
    case null:
      return { tone: "good", words: ["✓ PASSED"] };
  }
}

function lettersOf({ words }: Headline, width: number, rows: number): string[] {
  const [first, ...more] = words;
  const each = Math.floor((rows - more.length) / words.length);
  const all = words.map((word) => blockLetters(word, width, each));
  const fit = all.filter((lines) => lines !== null);
  if (fit.length === words.length)
    return fit.flatMap((lines, at) => (at === 0 ? lines : ["", ...lines]));
  return blockLetters(first, width, rows) ?? [plainHeadline(words)];
}

/** For a terminal too small for letters. */
function plainHeadline(words: readonly string[]): string {
  const text = words.join(" ").replace(/[✓✗▶■]/u, (symbol) => PLAIN_SYMBOLS[symbol] ?? "");
  return `*** ${printableAscii(text)} ***`;
}

const PLAIN_SYMBOLS: Readonly<Record<string, string>> = { "✓": "OK", "✗": "X", "▶": ">", "■": "#" };

function headerOf({ host, run, consoleUrl }: MonitorFacts, width: number): string[] {
  const who = [host.name, host.mac, host.serial && `serial ${host.serial}`, host.product];
  const what =
    run === null
      ? []
      : [`run ${run.id}`, run.profile, run.nonDestructive ? "non-destructive" : "destructive"];
  const line = (words: readonly (string | null)[]) =>
    words
      .flatMap((word) => (word === null || word === "" ? [] : [printableAscii(word)]))
      .join(WORD_GAP)
      .slice(0, width);
  return [line(who), line([...what, `console ${consoleUrl}`])];
}

function bodyOf(facts: MonitorFacts, width: number): BodyLine[] {
  const { phase, notice } = facts;
  const trouble = notice === null ? [] : [`!! ${notice}`, ""];
  switch (phase.kind) {
    case "claiming":
      return [...trouble, phase.words ?? "Asking the console for the run of this host."];
    case "stage": {
      const began = `Stage ${numberOf(phase.stage)} of ${STAGES.length}, ${phase.stage}: running for ${spanText(phase.since, facts.now)}.`;
      return [...trouble, began, "", stageList(phase.stage, facts.marks)];
    }
    case "held":
      return [...trouble, ...heldBody(phase.failure, phase.login, width)];
    case "passed":
      return [...trouble, passedText(phase.verdict), "", phase.next];
    case "cancelled":
      return [...trouble, "The operator cancelled the run.", "", phase.next];
    case "over":
      return [...trouble, phase.why, "", phase.next];
  }
}

function heldBody({ stage, reason, blame }: HeldFailure, login: Login, width: number): string[] {
  const where = stage === null ? "The run holds." : `${stage} failed; the run holds.`;
  const why = `${where} ${reason ?? ""}`.trimEnd();
  const most = REASON_ROWS * width;
  return [
    why.length <= most ? why : `${why.slice(0, most - 3)}...`,
    ...blame.map((part) => `Part: ${blameText(part)}`),
    "",
    ...loginText(login),
    "Go on in the console: Override, or Cancel & reboot.",
  ];
}

/** The commands that an investigator types elsewhere: a line each, so that none is broken but by its own length. */
function loginText(login: Login): string[] {
  switch (login.kind) {
    case "opening":
      return ["SSH is being started."];
    case "closed":
      return [login.why];
    case "open": {
      const { user, addresses, port, hostKeyFingerprint } = login.access;
      const option = port === 22 ? "" : `-p ${port} `;
      return [
        ...addresses.map((address) => `ssh ${option}${user}@${address}`),
        `Host key ${hostKeyFingerprint}`,
      ];
    }
  }
}

function passedText(verdict: Verdict | null): string {
  switch (verdict) {
    case "pass_with_gaps":
      return "PASSED WITH GAPS: something that was expected was not exercised; the report names it.";
    case "incomplete":
      return "INCOMPLETE: no stage that stresses anything passed, so nothing is shown of this host.";
    case "fail":
    case "pass":
    case null:
      return `All ${STAGES.length} stages are done.`;
  }
}

function stageList(present: StageName, marks: ReadonlyMap<StageName, StageMark>): string[] {
  return STAGES.map((stage, at) => {
    if (stage === present) return `[>] ${stage}`;
    const mark = marks.get(stage) ?? (at < numberOf(present) - 1 ? "passed" : null);
    return `${mark === null ? "[ ]" : SYMBOLS[mark]} ${stage}`;
  });
}

const SYMBOLS: Readonly<Record<StageMark, string>> = {
  passed: "[+]",
  failed: "[X]",
  skipped: "[-]",
};

function numberOf(stage: StageName): number {
  return STAGES.indexOf(stage) + 1;
}

function firstWord(text: string): string {
  return /^[A-Za-z0-9]+/.exec(text)?.[0] ?? "";
}

function spanText(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
