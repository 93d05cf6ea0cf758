import type {
  RegisterResponse,
  ReporterHeartbeatResponse,
} from "../../../contract/reporter-api.ts";
import type { ConsoleProcess } from "../../e2e/console-process.ts";
import type { VirtualMachine } from "./virtual-machine.ts";

/**
 * The system on a machine's local disk, with its reporter. The disk of these tests holds a few bytes that print a
 * line, and no system: so what its reporter would tell the console is told from here, by the same API.
 */
export class InstalledSystem {
  readonly #console: ConsoleProcess;
  readonly #machine: VirtualMachine;
  #token = "";
  #boots = 0;
  hostId = 0;

  constructor(console: ConsoleProcess, machine: VirtualMachine) {
    this.#console = console;
    this.#machine = machine;
  }

  /** The technician ran quick.sh on it. */
  async register(): Promise<void> {
    const answer = await this.#console.lab<RegisterResponse>("/api/reporter/v1/register", {
      hostname: this.#machine.name,
      macs: [this.#machine.mac],
      uuid: this.#machine.uuid,
      product: "Netboot Bench",
      reporterVersion: "netboot-tests",
    });
    this.#token = answer.body.reporterToken;
    this.hostId = answer.body.hostId;
    this.hasBooted();
  }

  /** It came up (again): the machine's disk has just shown that it was booted. */
  hasBooted(): void {
    this.#boots += 1;
  }

  /** @returns the console's command */
  async heartbeat(): Promise<ReporterHeartbeatResponse["command"]> {
    const answer = await this.#console.lab<ReporterHeartbeatResponse>(
      "/api/reporter/v1/heartbeat",
      { bootId: `${this.#machine.name}-installed-${this.#boots}`, uptimeSeconds: 60 },
      this.#token,
    );
    return answer.body.command;
  }
}
