/** Two runs side by side. */
export function ComparePage({ runIds }: { runIds: readonly [number, number] }) {
  return <h1>Compare {runIds.join(" and ")}</h1>;
}
