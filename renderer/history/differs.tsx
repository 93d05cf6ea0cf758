import { Icon } from "../design/icon.tsx";

/** Marks a row in which the two runs are not alike. */
export function Differs({ differs }: { differs: boolean }) {
  if (!differs) return <span className="quiet">same</span>;
  return (
    <strong className="differs">
      <Icon name="alert" /> differs
    </strong>
  );
}
