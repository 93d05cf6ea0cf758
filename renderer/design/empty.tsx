import type { ReactNode } from "react";

/** Nothing is here yet; the children teach the next step. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
