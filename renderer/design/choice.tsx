import type { ReactNode } from "react";

/** One radio button with everything that belongs to it as its label. */
export function Choice({
  name,
  checked,
  disabled = false,
  onPick,
  children,
}: {
  name: string;
  checked: boolean;
  disabled?: boolean;
  onPick: () => void;
  children: ReactNode;
}) {
  return (
    <label className="choice">
      <input type="radio" name={name} checked={checked} disabled={disabled} onChange={onPick} />
      <span>{children}</span>
    </label>
  );
}
