export interface RunAsSelfOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Watches what the child prints, which is passed on all the same. */
  readonly onStdout?: (chunk: Buffer) => void;
}

/**
 * Runs one child as if it were this process and resolves to its exit code: 128 + n when signal n
 * ended it, 127 when it could not be started.
 */
export function runAsSelf(
  command: string,
  args: readonly string[],
  options?: RunAsSelfOptions,
): Promise<number>;
