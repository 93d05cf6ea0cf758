/** One point of a series: time in ms since 1970, least, greatest and mean value around that time. */
export type Point = readonly [t: number, min: number, max: number, mean: number];

const WIDTH = 4;

/** The newest `capacity` points in one flat array: no object a sample, no growth. */
export class RingBuffer {
  readonly #data: Float64Array;
  readonly #capacity: number;
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#data = new Float64Array(capacity * WIDTH);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a point; returns the oldest when it had to make room, else null. */
  push(point: Point): Point | null {
    const evicted = this.#length === this.#capacity ? this.#at(this.#first) : null;
    if (evicted === null) this.#length += 1;
    else this.#first = (this.#first + 1) % this.#capacity;
    const slot = (this.#first + this.#length - 1) % this.#capacity;
    this.#data.set(point, slot * WIDTH);
    return evicted;
  }

  clear(): void {
    this.#first = 0;
    this.#length = 0;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<Point> {
    for (let index = 0; index < this.#length; index += 1) {
      yield this.#at((this.#first + index) % this.#capacity);
    }
  }

  #at(slot: number): Point {
    const [t = 0, min = 0, max = 0, mean = 0] = this.#data.subarray(
      slot * WIDTH,
      (slot + 1) * WIDTH,
    );
    return [t, min, max, mean];
  }
}
