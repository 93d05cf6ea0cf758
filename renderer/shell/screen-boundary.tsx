import { Component, type ReactNode } from "react";
import { Icon } from "../design/icon.tsx";

/** Holds what goes wrong while a screen is drawn to that screen: the bar above it, and every other, stay. */
export class ScreenBoundary extends Component<
  { children: ReactNode },
  { broken: { readonly error: unknown } | null }
> {
  override state: { broken: { readonly error: unknown } | null } = { broken: null };

  static getDerivedStateFromError(error: unknown) {
    return { broken: { error } };
  }

  override render() {
    const { broken } = this.state;
    if (broken === null) return this.props.children;
    return (
      <>
        <h1>This screen could not be shown</h1>
        <p className="problem bad" role="alert">
          <Icon name="alert" />
          <span>{messageOf(broken.error)}</span>
        </p>
        <p>
          The console goes on, and runs are not touched by it. Other screens can be opened; when
          this one stays broken, the message above belongs into a bug report.
        </p>
        <button type="button" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </>
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
