/** Every run there was. */
export function RunsPage({ query }: { query: URLSearchParams }) {
  return <h1>Runs {query.toString()}</h1>;
}
