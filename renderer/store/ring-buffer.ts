/** One point of a series: time in ms since 1970, least, greatest and mean value around that time. */
export type Point = readonly [t: number, min: number, max: number, mean: number];

const WIDTH = 4;
/** Rows to begin with: of two hundred hosts most series stay short. */
const FIRST_ROWS = 32;

/** The newest `capacity` points in one flat array: no object a sample, and no more memory than its points need. */
export class RingBuffer {
  #data: Float64Array;
  #capacity: number;
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#data = new Float64Array(Math.min(capacity, FIRST_ROWS) * WIDTH);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a point; returns the oldest when it had to make room, else null. */
  push([t, min, max, mean]: Point): Point | null {
    return this.#push(t, min, max, mean);
  }

  /** Adds a single sample, without an object for it. */
  pushSample(t: number, value: number): Point | null {
    return this.#push(t, value, value, value);
  }

  clear(): void {
    this.#first = 0;
    this.#length = 0;
  }

  /** Another bound from now on; of what is there the newest stay. */
  resize(capacity: number): void {
    if (capacity === this.#capacity) return;
    const kept = [...this].slice(-capacity);
    this.#capacity = capacity;
    this.#data = new Float64Array(Math.min(capacity, Math.max(kept.length, FIRST_ROWS)) * WIDTH);
    this.clear();
    for (const point of kept) this.push(point);
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<Point> {
    for (let index = 0; index < this.#length; index += 1) {
      yield this.#at((this.#first + index) % this.#rows);
    }
  }

  /** Oldest first, without an object a point: for what draws every second. */
  each(take: (t: number, min: number, max: number, mean: number) => void): void {
    const data = this.#data;
    for (let index = 0; index < this.#length; index += 1) {
      const at = ((this.#first + index) % this.#rows) * WIDTH;
      take(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!);
    }
  }

  get #rows(): number {
    return this.#data.length / WIDTH;
  }

  #push(t: number, min: number, max: number, mean: number): Point | null {
    if (this.#length === this.#rows && this.#rows < this.#capacity) this.#grow();
    const rows = this.#rows;
    const evicted = this.#length === rows ? this.#at(this.#first) : null;
    if (evicted === null) this.#length += 1;
    else this.#first = (this.#first + 1) % rows;
    const at = ((this.#first + this.#length - 1) % rows) * WIDTH;
    this.#data[at] = t;
    this.#data[at + 1] = min;
    this.#data[at + 2] = max;
    this.#data[at + 3] = mean;
    return evicted;
  }

  /** Twice as many rows. Before the bound is reached nothing was evicted, so the points stand in order from row 0. */
  #grow(): void {
    const grown = new Float64Array(Math.min(this.#capacity, this.#rows * 2) * WIDTH);
    grown.set(this.#data);
    this.#data = grown;
  }

  #at(row: number): Point {
    const at = row * WIDTH;
    const data = this.#data;
    return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
  }
}
