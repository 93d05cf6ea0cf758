/** What is wrong with a Node version for running Vetting, as a sentence; null when it is fit. */
export function nodeProblem(version: string): string | null;
/** What is wrong with a Node version for installing Vetting, as a sentence; null when it is fit. */
export function bootstrapNodeProblem(version: string): string | null;
