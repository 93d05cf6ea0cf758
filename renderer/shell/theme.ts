import { type Theme, usePreferences } from "./preferences.ts";

/** Follows the chosen theme from now on: tokens.css reads `data-theme` on the root. */
export function startTheme(root: HTMLElement = document.documentElement): () => void {
  const show = (theme: Theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  show(usePreferences.getState().theme);
  return usePreferences.subscribe(({ theme }) => show(theme));
}
