export const TILE_KEYS = [
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
] as const;
export type TileKey = (typeof TILE_KEYS)[number];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const middle = ({ left, top, width, height }: Box) => ({
  x: left + width / 2,
  y: top + height / 2,
});

/**
 * Which of some tiles a key leads to, by where they stand: up and down to the nearest of the next row, left and right
 * along the row and on into the next one. Tiles come row by row.
 * @param from index of the tile that has the focus; -1 when none has. @returns an index; `from` when there is none further.
 */
export function tileFrom(boxes: readonly Box[], from: number, key: TileKey): number {
  const last = boxes.length - 1;
  if (key === "Home") return Math.min(0, last);
  if (key === "End") return last;
  const start = boxes[from];
  if (start === undefined) return Math.min(0, last);
  if (key === "ArrowLeft") return Math.max(0, from - 1);
  if (key === "ArrowRight") return Math.min(last, from + 1);
  const sign = key === "ArrowDown" ? 1 : -1;
  const { x, y } = middle(start);
  let found = from;
  let nearest = { dy: Number.POSITIVE_INFINITY, dx: Number.POSITIVE_INFINITY };
  for (const [index, box] of boxes.entries()) {
    const at = middle(box);
    const dx = Math.abs(at.x - x);
    const dy = (at.y - y) * sign;
    // Another row only when it lies wholly beyond the middle of this one: tiles of a row differ in nothing but a pixel.
    if (dy <= start.height / 2) continue;
    if (dy < nearest.dy - 1 || (Math.abs(dy - nearest.dy) <= 1 && dx < nearest.dx)) {
      found = index;
      nearest = { dy, dx };
    }
  }
  return found;
}

/** Moves the focus from host to host; true when the key did so. Keys of fields and menus are theirs. */
export function moveBetweenHosts(event: KeyboardEvent): boolean {
  const key = TILE_KEYS.find((one) => one === event.key);
  if (key === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return false;
  }
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const at = target.closest("[data-host]");
  if (at === null && !target.matches("body, main, h1")) return false;
  const hosts = [...document.querySelectorAll<HTMLElement>("main [data-host]")];
  const index = tileFrom(
    hosts.map((host) => host.getBoundingClientRect()),
    at === null ? -1 : hosts.indexOf(at as HTMLElement),
    key,
  );
  hosts[index]?.querySelector<HTMLElement>("a")?.focus();
  return hosts.length > 0;
}
