import type { ApiFailure } from "../api/client.ts";
import { Icon } from "./icon.tsx";

/** The server's sentence about what went wrong. */
export function Problem({ failure }: { failure: ApiFailure | null }) {
  if (failure === null) return null;
  return (
    <p className="problem bad" role="alert">
      <Icon name="alert" />
      <span>{failure.detail}</span>
    </p>
  );
}
