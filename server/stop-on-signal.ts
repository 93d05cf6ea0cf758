/**
 * SIGTERM and SIGINT stop cleanly; a second one does not wait for that.
 * @param name for the sentence when it does not stop: `console`.
 */
export function stopOnSignal(name: string, running: { close(): Promise<void> }): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The ${name} did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
