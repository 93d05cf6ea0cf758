import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { isTerminal } from "../contract/run-state.ts";
import { buildConsoleApp } from "./app.ts";
import { BootFiles } from "./boot-files.ts";
import { LiveConfig } from "./config/live-config.ts";
import { LiveSettings } from "./config/live-settings.ts";
import { SettingsFile } from "./config/settings-file.ts";
import { DatabaseUnusable } from "./db/database-unusable.ts";
import { isDiskFull } from "./db/disk-full.ts";
import { openDatabase } from "./db/open.ts";
import { createStore } from "./db/store.ts";
import { createDiskWatch } from "./disk-watch.ts";
import { runDoctor } from "./doctor/doctor.ts";
import { thisMachine } from "./doctor/this-machine.ts";
import { lockDataDir } from "./instance-lock.ts";
import { createFreeDisk } from "./lab/free-disk.ts";
import { linkSpeedMbps } from "./lab/interfaces.ts";
import { createNetworkPeers } from "./lab/network-peers.ts";
import { createWakeOnLan } from "./lab/wake-on-lan.ts";
import { createLabMove } from "./lab-move.ts";
import { LabServices } from "./lab-services.ts";
import { closeListener, listen } from "./listen.ts";
import { type ConsoleOptions, StartProblem } from "./options.ts";
import { startReadThread } from "./reads/read-thread.ts";
import { AgentBundle } from "./routes/agent-bundle.ts";
import type { App } from "./routes/base-app.ts";
import { newCounters } from "./routes/deps.ts";
import { type LogOptions, loggerOptions } from "./routes/logging.ts";
import { EventBus } from "./run/event-bus.ts";
import { Orchestrator } from "./run/orchestrator.ts";
import { clockJumped, watchTime } from "./run/watch-time.ts";
import { type Settings, settle } from "./settings.ts";
import { createStoreStats } from "./store-stats.ts";
import { startTicking } from "./ticking.ts";
import { lastingSecret, WindowSessions } from "./window-sessions.ts";

export { readOptions, StartProblem } from "./options.ts";
export { readyLine } from "./ready-line.ts";

/** What a shell around the console has to know of its runs: whether the machine may sleep, or the program end. */
export interface ActiveRuns {
  /** Runs that are queued or under way; a run that holds waits for a hand and does not count. */
  count(): number;
  /** Runs that hold their host. */
  holding(): number;
  /** Calls at every change of a run. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

/** A console that listens. */
export interface RunningConsole {
  /** With the access token of this launch. */
  readonly consoleUrl: string;
  /** Null without a lab address. */
  readonly labUrl: string | null;
  readonly ports: {
    readonly console: number;
    readonly lab: number | null;
    /** UDP services: null for one that could not bind. */
    readonly tftp: number | null;
    readonly dhcp: number | null;
    readonly pxe: number | null;
  };
  readonly runs: ActiveRuns;
  /** Stops cleanly; further calls wait for the same stop. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
/** The page shows what is known after this long; what takes longer is there at its next question. */
const DOCTOR_PATIENCE_MS = 1500;
/** Who asked to look again waits until the wire was listened to: 4.5 s, and half a second for TFTP. */
const DOCTOR_FRESH_PATIENCE_MS = 6000;

/**
 * Starts the console: the same for the desktop app, headless and the tests.
 * @throws StartProblem when something that the operator can mend is in the way; nothing is left running then.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const settings = settle(options);
  const cleanUp: (() => void | Promise<void>)[] = [];
  const close = once(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  try {
    return Object.assign(await start(settings, options, cleanUp), { close });
  } catch (error) {
    await close();
    throw error instanceof DatabaseUnusable ? new StartProblem(error.message, error) : error;
  }
}

async function start(
  settings: Settings,
  { simulated, logLevel, logStream, overrides }: ConsoleOptions,
  cleanUp: (() => void | Promise<void>)[],
): Promise<Omit<RunningConsole, "close">> {
  const { dataDir, databaseFile, version } = settings;
  const log: LogOptions = {
    level: logLevel,
    ...(logStream === undefined ? {} : { stream: logStream }),
  };
  const { stream, ...pinoOptions } = loggerOptions(log);
  const logger = pino(pinoOptions, stream);
  const startedAt = Date.now();
  const clock = { now: () => Date.now(), steady: () => performance.now() };

  cleanUp.push(lockDataDir(dataDir));
  const db = openDatabase(databaseFile);
  cleanUp.push(() => {
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.close();
  });
  const reads = startReadThread({ databaseFile, onFault: (error) => logger.error(error) });
  cleanUp.push(() => reads.close());
  const store = createStore(db);
  // Cursors begin at the start time, so that one from an earlier life of the console is noticed.
  const events = new EventBus(startedAt);
  const notice = (level: "info" | "warn" | "error", text: string) => {
    if (level !== "info") logger.warn(text);
    events.publish({ type: "notice", level, text });
  };
  const live = new LiveConfig(settings.config, overrides);
  const liveSettings = new LiveSettings({
    file: new SettingsFile(settings.ownConfigFile, settings.configFile),
    live,
    overrides,
    // Profiles, the spec of each host and what the doctor says may be others now: every page asks anew.
    onChange: () => events.publish({ type: "resync" }),
    onNotice: notice,
  });
  const { registry } = live;
  const bound = { console: 0 };
  const counters = newCounters();
  const agentBundle = new AgentBundle(settings.agentFile);
  const bootFiles = new BootFiles(settings.bootDir);
  const lab: LabServices = new LabServices({
    service: () => service,
    counters,
    bootDir: settings.bootDir,
    bootFiles,
    agentBundle,
    reporterDir: settings.reporterDir,
    log,
    warn: (text) => logger.warn(text),
  });
  const { labUrl } = lab;
  const labAddress = () => lab.address;
  const networkPeers = createNetworkPeers({
    labAddress,
    network: () => live.config.network,
    portSeed: dataDir,
    linkMbps: () => (lab.address === null ? null : linkSpeedMbps(lab.address)),
    simulated,
    warn: (text) => notice("warn", text),
  });
  cleanUp.push(() => networkPeers.close());
  const freeDiskBytes = createFreeDisk(dataDir);
  const service: Orchestrator = new Orchestrator({
    store,
    events,
    clock,
    registry,
    // Asked anew each time: it follows vetting.yaml.
    get config() {
      return live.config;
    },
    sendMagicPacket: createWakeOnLan({ labAddress }),
    networkPeers,
    freeDiskBytes,
    isDiskFull,
    randomToken,
    consoleVersion: version,
    labUrl,
    watching: watchTime(clock, (ms) => notice("warn", clockJumped(ms))),
    simulated,
  });
  cleanUp.push(() => service.flush());

  const token = randomToken();
  const { forgetWire, ...machine } = thisMachine();
  const app = await buildConsoleApp({
    service,
    store,
    events,
    profiles: registry,
    doctor: (fresh) => {
      if (fresh) forgetWire();
      return runDoctor({
        ...machine,
        config: live.config,
        dataDir,
        bootFiles: () => bootFiles.check(),
        agentBuilt: () => agentBundle.current() !== null,
        labUrl,
        freeDiskBytes,
        ownPorts: () => lab.ports,
        otherConsole: () => null,
        consoleVersion: version,
        patienceMs: fresh ? DOCTOR_FRESH_PATIENCE_MS : DOCTOR_PATIENCE_MS,
      });
    },
    settings: liveSettings,
    moveLab: createLabMove({
      lab,
      live,
      settings: liveSettings,
      store,
      interfaces: machine.interfaces,
      onMoved: () => {
        forgetWire();
        events.publish({ type: "resync" });
      },
    }),
    read: reads.read,
    stats: createStoreStats(db, databaseFile),
    counters,
    token,
    sessions: new WindowSessions(lastingSecret(dataDir), clock.now),
    port: () => bound.console,
    rendererDir: settings.rendererDir,
    version,
    log,
  });
  const { console: page, lab: wanted } = settings.config;
  // Closed after the console listener: a request that moves the lab has ended by then.
  cleanUp.push(() => lab.close());
  bound.console = await open(app, cleanUp, {
    name: "console",
    address: LOOPBACK,
    port: page.port,
    option: "--console-port",
  });
  if (wanted.address !== null) {
    await lab.take(await lab.prepare(wanted, wanted.address));
    live.labOpened(wanted);
  }
  service.takeUp();
  // Last to start, first to stop: nothing ticks over a store that is being closed.
  const watchDisk = createDiskWatch({
    freeDiskBytes,
    warnFreeMiB: () => live.config.disk.warnFreeMiB,
    now: clock.now,
    publish: (event) => events.publish(event),
  });
  const tick = async () => {
    watchDisk();
    liveSettings.follow();
    await service.tick();
  };
  cleanUp.push(startTicking(tick, logger));
  return {
    consoleUrl: `http://${LOOPBACK}:${bound.console}/?token=${token}`,
    get labUrl() {
      return labUrl();
    },
    get ports() {
      return { ...bound, ...lab.ports };
    },
    runs: {
      count: () => store.runs.listOccupying().filter(({ state }) => !isTerminal(state)).length,
      holding: () =>
        store.runs.listOccupying().filter(({ state }) => state === "FailedHolding").length,
      onChange: (listener) =>
        events.subscribe(({ event }) => {
          if (event.type === "run") listener();
        }),
    },
  };
}

/** Opens a listener; what was built is closed again even when it could not listen. */
function open(
  app: App,
  cleanUp: (() => void | Promise<void>)[],
  place: Parameters<typeof listen>[1],
): Promise<number> {
  cleanUp.push(() => closeListener(app));
  return listen(app, place);
}

/** 256 random bits, base64url. */
function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}
