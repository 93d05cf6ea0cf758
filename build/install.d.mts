/** Why an install is needed, from the texts of the two lock files; null when it is not. */
export function installReason(lockText: string | null, installedText: string | null): string | null;

/** Where the packaged Node lies for a system, or null when there is no package for it. */
export function bundledNodePath(rootDir: string, platform?: string, arch?: string): string | null;

export interface NodeSeams {
  readonly execPath?: string;
  readonly version?: string;
  readonly bundledPath?: string | null;
}

/** The Node that runs the tasks, or a sentence on which one is needed. */
export function chooseNode(
  rootDir: string,
  seams?: NodeSeams,
): { ok: true; path: string } | { ok: false; message: string };

/** The environment for npm: without node_modules/.bin on the path. */
export function npmEnvironment(env: NodeJS.ProcessEnv, rootDir: string): NodeJS.ProcessEnv;

/** Installs the packages when they are missing or stale; resolves to a sentence when that failed. */
export function installIfNeeded(
  rootDir: string,
  say: (line: string) => void,
): Promise<string | null>;
