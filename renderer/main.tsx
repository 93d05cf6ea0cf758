import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startLive } from "./live/live.ts";
import { startShell } from "./shell/start-shell.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
startShell();
startLive();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
