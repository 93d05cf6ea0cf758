import { Toasts } from "./design/toasts.tsx";
import { useFirstRun } from "./doctor/use-first-run.ts";
import { screenOf } from "./pages/screens.tsx";
import { screenKey, useRoute } from "./route.ts";
import { ConnectionBanner } from "./shell/connection-banner.tsx";
import { HelpSheet } from "./shell/help-sheet.tsx";
import { ScreenBoundary } from "./shell/screen-boundary.tsx";
import { StatusBar } from "./shell/status-bar.tsx";
import { useScreen } from "./shell/use-screen.ts";

export function App() {
  const route = useRoute();
  useScreen(route);
  useFirstRun(route);
  return (
    <>
      <button type="button" className="skiplink" onClick={skipTheBar}>
        Skip to the screen
      </button>
      <div className="shelltop">
        <StatusBar page={route.page} />
        <ConnectionBanner />
      </div>
      <main tabIndex={-1}>
        <ScreenBoundary key={screenKey(route)}>{screenOf(route)}</ScreenBoundary>
      </main>
      <HelpSheet />
      <Toasts />
    </>
  );
}

/** A link would change the address, which says what screen is shown. */
function skipTheBar(): void {
  document.querySelector("main")?.focus();
}
