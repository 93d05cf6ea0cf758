import type { ComponentPropsWithRef } from "react";

/**
 * A button that can be at work, or unable for now. Both keep it in the tab order, so that who uses no mouse can learn
 * why: what a press does then is up to a Hint around it, never to `onClick`.
 */
export function Button({
  kind,
  busy = false,
  unable = false,
  onClick,
  children,
  ...rest
}: ComponentPropsWithRef<"button"> & {
  kind?: "primary" | "dangerous" | "plain";
  busy?: boolean;
  unable?: boolean;
}) {
  return (
    <button
      type="button"
      {...rest}
      className={[kind, rest.className].filter((part) => part !== undefined).join(" ")}
      aria-disabled={unable || busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (unable || busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}
