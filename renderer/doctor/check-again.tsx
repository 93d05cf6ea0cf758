import { useState } from "react";
import { formatDuration } from "../../contract/wording/format.ts";
import { useNow } from "../clock.ts";
import { Button } from "../design/button.tsx";
import { loadDoctor } from "../live/snapshot.ts";

/** Listening to the lab's wire takes the longest; the server answers within this, in s. */
const LONGEST_S = 6;

/** Looks anew, and says when it was last looked. */
export function CheckAgain({ checkedAt }: { checkedAt: string }) {
  const [since, setSince] = useState<number | null>(null);
  const check = async () => {
    setSince(Date.now());
    await loadDoctor(true);
    setSince(null);
  };
  return (
    <>
      {since === null ? <Checked at={checkedAt} /> : <Listening since={since} />}
      <Button busy={since !== null} onClick={() => void check()}>
        Check again
      </Button>
    </>
  );
}

function Checked({ at }: { at: string }) {
  const ago = (useNow() - Date.parse(at)) / 1000;
  return (
    <span className="quiet">
      {ago < 5 ? "checked just now" : `checked ${formatDuration(ago)} ago`}
    </span>
  );
}

function Listening({ since }: { since: number }) {
  const elapsed = Math.max(0, (useNow() - since) / 1000);
  return (
    <span className="listening" role="status">
      <span className="quiet">Listening on the lab's wire, up to {LONGEST_S} s…</span>
      <progress max={LONGEST_S} value={Math.min(elapsed, LONGEST_S)} aria-label="Checks" />
    </span>
  );
}
