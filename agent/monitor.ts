import { access, constants, open } from "node:fs/promises";
import { type MonitorFacts, renderScreen, type Tone, toneOf } from "./monitor-screen.ts";
import type { RunCommand } from "./tools/command.ts";

export interface MonitorDeps {
  readonly run: RunCommand;
  readonly now: () => Date;
  /** `/dev/tty1`, the console that the monitor shows. */
  readonly device: string;
}

/** Whatever else wrote onto the screen is gone by then. */
const REPAINT_MS = 10_000;
/** The console has a new size once the graphics driver is loaded; it is asked for every so many paintings. */
const SIZE_EVERY = 6;
const SIZE_TIMEOUT_S = 5;
/** A text console without a word about its size. */
const DEFAULT_SIZE = { columns: 80, rows: 25 };
const MOST_COLUMNS = 500;
const MOST_ROWS = 200;

/**
 * The host's own monitor: repainted when something changes and every ten seconds. It never holds the agent up: at
 * most one painting is under way, one that fails is dropped, and a host without the device has no monitor.
 */
export class Monitor {
  readonly #deps: MonitorDeps;
  #facts: Omit<MonitorFacts, "now"> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #painting: Promise<void> | null = null;
  #again = false;
  #size = DEFAULT_SIZE;
  #painted = 0;
  #present = true;

  constructor(deps: MonitorDeps) {
    this.#deps = deps;
  }

  show(facts: Omit<MonitorFacts, "now">): void {
    this.#facts = facts;
    this.#timer ??= setInterval(() => this.#paint(), REPAINT_MS).unref();
    this.#paint();
  }

  /** The last facts stay on the screen. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#painting;
  }

  #paint(): void {
    if (this.#painting !== null) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#painting = this.#paintOnce().finally(() => {
      this.#painting = null;
      if (this.#again) this.#paint();
    });
  }

  async #paintOnce(): Promise<void> {
    const first = this.#painted === 0;
    if (first) this.#present = await exists(this.#deps.device);
    if (!this.#present) return;
    if (this.#painted % SIZE_EVERY === 0) this.#size = await this.#askSize();
    this.#painted += 1;
    // Kernel messages go to the foreground console, which this is: they move to one that nobody looks at.
    if (first) await this.#deps.run("setlogcons", ["12"], { timeoutS: SIZE_TIMEOUT_S });
    if (this.#facts === null) return;
    const facts = { ...this.#facts, now: this.#deps.now() };
    const screen = renderScreen(facts, this.#size.columns, this.#size.rows);
    await this.#write((first ? PREPARE : "") + escapes(screen, toneOf(facts.phase)));
  }

  async #askSize(): Promise<typeof DEFAULT_SIZE> {
    const { run, device } = this.#deps;
    const { stdout } = await run("stty", ["-F", device, "size"], { timeoutS: SIZE_TIMEOUT_S });
    const [rows = 0, columns = 0] = stdout.trim().split(" ").map(Number);
    if (!(rows > 0 && columns > 0)) return DEFAULT_SIZE;
    return { columns: Math.min(columns, MOST_COLUMNS), rows: Math.min(rows, MOST_ROWS) };
  }

  /** Without O_NONBLOCK a terminal that was stopped with Ctrl-S would keep a thread; with it the painting is lost. */
  async #write(text: string): Promise<void> {
    const { O_WRONLY, O_NOCTTY, O_NONBLOCK } = constants;
    try {
      const file = await open(this.#deps.device, O_WRONLY | O_NOCTTY | O_NONBLOCK);
      try {
        await file.write(text);
      } finally {
        await file.close();
      }
    } catch {
      // No such device, or it takes nothing now: the next painting is tried anew.
    }
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Clears the screen, hides the cursor, and keeps the console from going dark [console_codes(4)]. */
const PREPARE = "\x1b[2J\x1b[?25l\x1b[9;0]\x1b[14;0]";

const BACKGROUNDS: Readonly<Record<Tone, string>> = {
  running: "46",
  good: "42",
  doubtful: "43",
  bad: "41",
  neutral: "47",
};

/**
 * A screen for a terminal. Blocks become spaces on a coloured ground, since a console font need not have `█`;
 * every line is cleared to its end, so that nothing of an older painting stays.
 */
export function escapes(screen: string, tone: Tone): string {
  const lines = screen
    .split("\n")
    .map((line) =>
      line.replace(/█+/g, (run) => `\x1b[${BACKGROUNDS[tone]}m${" ".repeat(run.length)}\x1b[0m`),
    );
  return `\x1b[0m\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;
}
