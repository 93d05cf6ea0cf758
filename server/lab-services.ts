import type { VettingConfig } from "../contract/vetting-config.ts";
import { buildLabApp } from "./app.ts";
import type { BootFiles } from "./boot-files.ts";
import { closeListener, listen } from "./listen.ts";
import { AddressBook } from "./netboot/address-book.ts";
import { type NetbootPorts, NO_NETBOOT, startNetbootServices } from "./netboot-services.ts";
import type { App } from "./routes/base-app.ts";
import type { LabDeps } from "./routes/deps.ts";
import type { RunService } from "./run/service.ts";

export interface LabServicesDeps
  extends Pick<LabDeps, "counters" | "bootDir" | "agentBundle" | "reporterDir" | "log"> {
  /** Asked when a listener is opened: the run's life itself is told where the lab is. */
  readonly service: () => RunService;
  readonly bootFiles: BootFiles;
  readonly warn: (text: string) => void;
}

/** A lab listener that listens already and is not yet the one that hosts are told of. */
export interface PreparedLab {
  readonly lab: VettingConfig["lab"];
  readonly address: string;
  readonly app: App;
  readonly port: number;
  readonly addresses: AddressBook;
}

/** What hosts reach: the lab listener and the netboot services, on one address that may change while the console runs. */
export class LabServices {
  readonly #deps: LabServicesDeps;
  #open: PreparedLab | null = null;
  #netboot = NO_NETBOOT;

  constructor(deps: LabServicesDeps) {
    this.#deps = deps;
  }

  /** Null while no lab listener is open. */
  get address(): string | null {
    return this.#open?.address ?? null;
  }

  /** Null for a service that does not run. */
  get ports(): { readonly lab: number | null } & NetbootPorts {
    return { lab: this.#open?.port ?? null, ...this.#netboot.ports };
  }

  readonly labUrl = (): string | null =>
    this.#open === null ? null : `http://${this.#open.address}:${this.#open.port}`;

  /**
   * Listens on the address; what is open stays open.
   * @throws StartProblem with one line that says what is in the way and how to mend it.
   */
  async prepare(lab: VettingConfig["lab"], address: string): Promise<PreparedLab> {
    const addresses = new AddressBook();
    const { labUrl } = this;
    const service = this.#deps.service();
    const app = await buildLabApp({ ...this.#deps, service, addresses, labUrl });
    try {
      const port = await listen(app, {
        name: "lab",
        address,
        port: lab.httpPort,
        option: "--lab-port",
      });
      return { lab: { ...lab, address }, address, app, port, addresses };
    } catch (error) {
      await closeListener(app);
      throw error;
    }
  }

  /** Makes it the one that hosts are told of, in the place of the one before. */
  async take(prepared: PreparedLab): Promise<void> {
    await this.close();
    this.#open = prepared;
    const { bootFiles, service, warn } = this.#deps;
    const { lab, addresses } = prepared;
    // UDP ports are the same on every address, so the services from before have to be gone by now.
    this.#netboot = await startNetbootServices({
      lab,
      labUrl: this.labUrl,
      bootFiles,
      addresses,
      service: service(),
      warn,
    });
    // Damaged boot files are known before the first host asks; the doctor reads the same result.
    void bootFiles.check();
  }

  async discard({ app }: PreparedLab): Promise<void> {
    await closeListener(app);
  }

  async close(): Promise<void> {
    const [open, netboot] = [this.#open, this.#netboot];
    this.#open = null;
    this.#netboot = NO_NETBOOT;
    await netboot.close();
    if (open !== null) await closeListener(open.app);
  }
}
