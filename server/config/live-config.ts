import type { VettingConfig } from "../../contract/vetting-config.ts";
import type { ConfigOverride } from "./overrides.ts";
import { ProfileRegistry } from "./profile-registry.ts";

/** Listeners are opened with these; a change of the file waits for the next opening. */
const LAB_KEYS = [
  "address",
  "httpPort",
  "tftpPort",
  "dhcpPort",
  "pxePort",
  "tftp",
  "proxyDhcp",
] as const;

/**
 * The configuration that counts now. It follows vetting.yaml while the console runs, but for what listeners were
 * opened with. A run has its own copy of parameters, thresholds and spec, so nothing here rewrites it.
 */
export class LiveConfig {
  readonly registry: ProfileRegistry;
  readonly #overrides: readonly ConfigOverride[];
  #wanted: VettingConfig;
  #counting: VettingConfig;
  readonly #consolePort: number;
  #openLab: VettingConfig["lab"] | null = null;

  /** @param config the file with the overrides above it. */
  constructor(config: VettingConfig, overrides: readonly ConfigOverride[]) {
    this.#overrides = overrides;
    this.#wanted = config;
    this.#consolePort = config.console.port;
    this.#counting = this.#count();
    this.registry = new ProfileRegistry(config);
  }

  /** What counts now. */
  get config(): VettingConfig {
    return this.#counting;
  }

  /** The file with the overrides above it: what would count after a start. */
  get wanted(): VettingConfig {
    return this.#wanted;
  }

  /** Takes over a changed file. @param config with the overrides above it. */
  change(config: VettingConfig): void {
    this.#wanted = config;
    this.#counting = this.#count();
    this.registry.change(config);
  }

  /** The lab listener and the netboot services were opened with this. */
  labOpened(lab: VettingConfig["lab"]): void {
    this.#openLab = lab;
    this.#counting = this.#count();
  }

  /** Keys (`lab.httpPort`) whose wanted value counts only from the next start. */
  restartNeeded(): string[] {
    const { console, lab } = this.#wanted;
    const counting = this.#counting.lab;
    return [
      ...(console.port === this.#consolePort ? [] : ["console.port"]),
      ...LAB_KEYS.filter((key) => lab[key] !== counting[key]).map((key) => `lab.${key}`),
    ];
  }

  /** What the command line or the environment sets, each key once. */
  overridden(): { key: string; from: string }[] {
    return [...new Map(this.#overrides.map(({ key, from }) => [key, { key, from }])).values()];
  }

  #count(): VettingConfig {
    const lab = this.#openLab ?? { ...this.#wanted.lab, address: null };
    return { ...this.#wanted, console: { port: this.#consolePort }, lab };
  }
}
