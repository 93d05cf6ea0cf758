/** Something takes longer than a second; what, in a word. */
export function Busy({ what }: { what: string }) {
  return (
    <p className="busy quiet" role="status">
      <span className="spinner" aria-hidden="true" />
      {what}
    </p>
  );
}
