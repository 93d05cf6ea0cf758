import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadTheRest } from "./later.tsx";
import { startLive } from "./live/live.ts";
import { startShell } from "./shell/start-shell.ts";
import { useStore } from "./store/store.ts";

/** The latest moment for the other screens, of a page that is never idle. */
const LOAD_REST_MS = 5000;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
startShell();
startLive();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
// Not before the hosts are on the screen, and when the page has nothing else to do.
const stopWaiting = useStore.subscribe(({ hosts }) => {
  if (hosts === null) return;
  stopWaiting();
  requestIdleCallback(() => void loadTheRest(), { timeout: LOAD_REST_MS });
});
