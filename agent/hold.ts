import { writeFile } from "node:fs/promises";
import type { HoldFacts, HostAccess } from "../contract/agent-api.ts";
import { type GreetingFacts, greeting } from "./greeting.ts";
import type { HeldFailure } from "./held-failure.ts";
import { type HostAccessDeps, HostAccessDoor } from "./host-access.ts";
import type { Login } from "./monitor-screen.ts";
import { setChassisIdentify } from "./tools/ipmitool.ts";

export interface HoldDeps extends HostAccessDeps {
  readonly liveImage: boolean;
  /** `/etc/motd` */
  readonly motd: string;
  /** What the greeting says besides why the run holds; asked when it is written. */
  readonly greetingFacts: () => Omit<GreetingFacts, "failure">;
  /** Told at every change: for the console and for the host's own monitor. */
  readonly onLogin: (login: Login) => void;
}

/** As long as the contract lets a sentence be. */
const MOST_SENTENCE_CHARS = 2000;
const NOT_LIVE = "Not in the live image: sshd and the chassis LED are left as they are.";

/**
 * A held host, open to its investigators: the chassis LED is lit, the shell's greeting written, sshd started for
 * the operator's keys. In the live image only: on an installed system none of these is the agent's to change.
 */
export class Hold {
  readonly #deps: HoldDeps;
  readonly #door: HostAccessDoor;
  #access: HostAccess | null = null;
  #facts: HoldFacts | null = null;

  constructor(deps: HoldDeps) {
    this.#deps = deps;
    this.#door = new HostAccessDoor(deps);
  }

  /** How to get in; null while nobody can. */
  get access(): HostAccess | null {
    return this.#access;
  }

  /** What was done on the host besides; null while it is not held. */
  get facts(): HoldFacts | null {
    return this.#facts;
  }

  async open(failure: HeldFailure): Promise<void> {
    const { liveImage, log, onLogin, run, motd, greetingFacts } = this.#deps;
    if (!liveImage) {
      log("info", NOT_LIVE);
      this.#facts = { chassisLed: "left_alone", noLogin: NOT_LIVE };
      onLogin({ kind: "closed", why: NOT_LIVE });
      return;
    }
    const led = await setChassisIdentify({ run }, "on");
    if (led.kind === "ok") log("info", "The chassis LED is lit.");
    const chassisLed = led.kind === "ok" ? "lit" : led.kind === "absent" ? "no_bmc" : "failed";
    this.#facts = { chassisLed, noLogin: null };
    await this.#greet(motd, greeting({ ...greetingFacts(), failure }));
    const login = await this.#door.open();
    if (login.kind === "closed") {
      log("warn", login.why);
      this.#facts = { chassisLed, noLogin: login.why.slice(0, MOST_SENTENCE_CHARS) };
    }
    this.#tell(login);
  }

  /** The hold is over: the next stage may write over what an investigator looks at. */
  async end(): Promise<void> {
    const { liveImage, run, motd } = this.#deps;
    this.#facts = null;
    if (!liveImage) return;
    this.#tell({ kind: "closed", why: "The hold is over." });
    await setChassisIdentify({ run }, "off");
    await this.#door.close();
    await this.#greet(motd, "");
  }

  /** An agent that was shot between the override and the stage left the door open. */
  async endLeftOver(): Promise<void> {
    if (this.#deps.liveImage && (await this.#door.isOpen())) await this.end();
  }

  #tell(login: Login): void {
    this.#access = login.kind === "open" ? login.access : null;
    this.#deps.onLogin(login);
  }

  async #greet(path: string, text: string): Promise<void> {
    try {
      await writeFile(path, text);
    } catch (error) {
      this.#deps.log("warn", `The greeting could not be written: ${String(error)}`);
    }
  }
}
