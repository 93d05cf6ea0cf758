import type { Database } from "better-sqlite3";
import type { Store } from "../run/ports.ts";
import { createAnswerRepository } from "./answer-repository.ts";
import {
  createAttemptRepository,
  createBreachRepository,
  createOverrideRepository,
} from "./attempt-repository.ts";
import { createBootRepository, createDiscoveredRepository } from "./boot-repository.ts";
import { createEvidenceRepository } from "./evidence-repository.ts";
import { createHostRepository } from "./host-repository.ts";
import { createLogRepository } from "./log-repository.ts";
import { createRunRepository } from "./run-repository.ts";
import { createSampleRepository } from "./sample-repository.ts";
import { createFirmwareRepository, createInventoryRepository } from "./snapshot-repository.ts";
import { createTransaction } from "./transaction.ts";

/** The store of a migrated database. Statements are prepared here, once. */
export function createStore(db: Database): Store {
  return {
    hosts: createHostRepository(db),
    runs: createRunRepository(db),
    attempts: createAttemptRepository(db),
    breaches: createBreachRepository(db),
    answers: createAnswerRepository(db),
    samples: createSampleRepository(db),
    logs: createLogRepository(db),
    evidence: createEvidenceRepository(db),
    overrides: createOverrideRepository(db),
    firmware: createFirmwareRepository(db),
    inventories: createInventoryRepository(db),
    boots: createBootRepository(db),
    discovered: createDiscoveredRepository(db),
    transaction: createTransaction(db),
  };
}
