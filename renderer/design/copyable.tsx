import { useState } from "react";

/** A command to be typed elsewhere, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className="copyable">
      <code>{text}</code>
      <button
        type="button"
        aria-label={`Copy ${label}`}
        onClick={() => void copy().catch(() => {})}
      >
        {copied ? "Copied" : "Copy"}
      </button>
    </span>
  );
}

/** How a host is made known: the reporter's installer, fetched from the lab address. */
export function QuickCommand({ labUrl }: { labUrl: string | null }) {
  if (labUrl === null) {
    return (
      <p>The console has no lab address yet, so hosts cannot reach it. See the checks above.</p>
    );
  }
  return (
    <Copyable
      text={`curl -fsSL ${labUrl}/register/quick.sh | sudo sh`}
      label="the reporter's install command"
    />
  );
}
