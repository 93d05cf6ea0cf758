/** What was asked of a host, at which button: one menu and one hint serve all tiles, which are too many for their own. */
export interface Asked {
  readonly what: "menu" | "offline";
  readonly hostId: number;
  readonly button: HTMLElement;
}

export interface HostActions {
  /** Open the dialog that starts a run. */
  onStart(hostId: number): void;
  onAsk(asked: Asked): void;
}
