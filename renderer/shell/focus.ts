import { HREF, navigate } from "../route.ts";

const SEARCH = 'main input[type="search"]';
/** About two seconds of frames; a screen that is not there by then will not come. */
const MOST_FRAMES = 120;

/** Into the search of this screen; where there is none, into that of the hosts. */
export function focusSearch(): void {
  if (document.querySelector(SEARCH) === null) navigate(HREF.hosts);
  focusWhenThere(SEARCH);
}

/** Focuses what the selector names as soon as it is on the screen, in its middle. */
export function focusWhenThere(selector: string, frames = MOST_FRAMES): void {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) {
    if (frames > 0) requestAnimationFrame(() => focusWhenThere(selector, frames - 1));
    return;
  }
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
  if (element instanceof HTMLInputElement) element.select();
}

/**
 * Where the focus goes when one came to another screen: to its heading, so that a screen reader says where one is and
 * Tab goes on from there. A screen that still fetches its data has no heading yet: then to the screen as a whole.
 */
export function focusScreen(): void {
  const target = document.querySelector<HTMLElement>("main h1") ?? document.querySelector("main");
  if (target === null) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
