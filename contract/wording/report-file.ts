/**
 * The file of a run's report: `vetting-orion-run-7.html`. A host's name may hold anything, the name of a file may not.
 * @param ending without its dot: `html`, `junit.xml`
 */
export function reportFileName(hostName: string, runId: number, ending: string): string {
  const plain = hostName.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  return `vetting-${plain.slice(0, 64) || "host"}-run-${runId}.${ending}`;
}
