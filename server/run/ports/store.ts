/** The database as a whole. */
import type {
  AnswerRepository,
  EvidenceRepository,
  LogRepository,
  SampleRepository,
} from "./artifacts.ts";
import type { AttemptRepository, BreachRepository } from "./attempts.ts";
import type { BootRepository } from "./boots.ts";
import type { DiscoveredRepository, HostRepository } from "./hosts.ts";
import type { OverrideRepository, RunRepository } from "./runs.ts";
import type { FirmwareRepository, InventoryRepository } from "./snapshots.ts";

/** The database as the run's life sees it. All calls are synchronous and short. */
export interface Store {
  readonly hosts: HostRepository;
  readonly runs: RunRepository;
  readonly attempts: AttemptRepository;
  readonly breaches: BreachRepository;
  readonly answers: AnswerRepository;
  readonly samples: SampleRepository;
  readonly logs: LogRepository;
  readonly evidence: EvidenceRepository;
  readonly overrides: OverrideRepository;
  readonly firmware: FirmwareRepository;
  readonly inventories: InventoryRepository;
  readonly boots: BootRepository;
  readonly discovered: DiscoveredRepository;
  /** All or nothing; a throw rolls back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
}
