import { clockStepMs } from '../geo/windows.js';

/** When an item was: by its vehicle's clock, and by the broker's that appended its fix. */
export interface ItemTimes {
  readonly eventTimeMs: number;
  readonly ingestTimeMs: number;
}

/** Candidates of the items of a batch, best first, one item behind the other. */
export interface Candidates {
  readonly cells: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  /** Of each item. */
  readonly topK: number;
}

const firstPlaces = 64;
/** Places looked at for each prediction that is kept: enough to free as many as are taken. */
const looksAKeep = 2;

/**
 * The last prediction of each vehicle of a lane. A vehicle takes 48 bytes, its id and an entry of
 * a map; the arrays grow to as many places as vehicles were remembered at once.
 */
export class LastPredictions {
  readonly #depth: number;
  readonly #memoryMs: number;
  readonly #placeOf = new Map<string, number>();
  /** Whose each place is; null where it is free. */
  readonly #owners: (string | null)[] = [];
  readonly #free: number[] = [];
  #cells: Int32Array;
  #probabilities = new Float32Array(firstPlaces);
  #eventTimesMs = new Float64Array(firstPlaces);
  #ingestTimesMs = new Float64Array(firstPlaces);
  #looked = 0;

  /**
   * @param depth candidates that are kept of a prediction
   * @param memoryMs a vehicle without an item for longer than this is forgotten: append time
   */
  constructor(depth: number, memoryMs: number) {
    this.#depth = depth;
    this.#memoryMs = memoryMs;
    this.#cells = new Int32Array(firstPlaces * depth);
  }

  /** Vehicles that are held: those remembered, and some that are about to be forgotten. */
  get size(): number {
    return this.#placeOf.size;
  }

  /** Where the vehicle's last prediction is kept, as long as no other is; undefined without one. */
  placeOf(vehicleId: string): number | undefined {
    return this.#placeOf.get(vehicleId);
  }

  eventTimeMs(place: number): number {
    return this.#eventTimesMs[place] ?? 0;
  }

  ingestTimeMs(place: number): number {
    return this.#ingestTimesMs[place] ?? 0;
  }

  /** Of the best candidate. */
  probability(place: number): number {
    return this.#probabilities[place] ?? 0;
  }

  bestCell(place: number): number {
    return this.#cells[place * this.#depth] ?? 0;
  }

  /** The cell's place among the candidates that are kept, from 0; −1 where it is none of them. */
  rankOf(place: number, cell: number): number {
    for (let rank = 0; rank < this.#depth; rank += 1) {
      if (this.#cells[place * this.#depth + rank] === cell) return rank;
    }
    return -1;
  }

  /** Keeps an item's prediction in place of the vehicle's one before. */
  keep(vehicleId: string, times: ItemTimes, candidates: Candidates, row: number): void {
    const { eventTimeMs, ingestTimeMs } = times;
    const { cells, probabilities, topK } = candidates;
    this.#forgetOld(ingestTimeMs);
    const place = this.#placeOf.get(vehicleId) ?? this.#newPlace(vehicleId);
    this.#eventTimesMs[place] = eventTimeMs;
    this.#ingestTimesMs[place] = ingestTimeMs;
    this.#probabilities[place] = probabilities[row * topK] ?? 0;
    for (let rank = 0; rank < this.#depth; rank += 1) {
      // Where there are fewer candidates, what no vehicle enters fills their places.
      const cell = rank < topK ? cells[row * topK + rank] : undefined;
      this.#cells[place * this.#depth + rank] = cell ?? -1;
    }
  }

  forget(vehicleId: string): void {
    const place = this.#placeOf.get(vehicleId);
    if (place !== undefined) this.#freePlace(vehicleId, place);
  }

  forgetAll(): void {
    for (const [vehicleId, place] of this.#placeOf) this.#freePlace(vehicleId, place);
  }

  #newPlace(vehicleId: string): number {
    const place = this.#free.pop() ?? this.#owners.length;
    if (place === this.#probabilities.length) this.#grow();
    this.#owners[place] = vehicleId;
    this.#placeOf.set(vehicleId, place);
    return place;
  }

  #freePlace(vehicleId: string, place: number): void {
    this.#placeOf.delete(vehicleId);
    this.#owners[place] = null;
    this.#free.push(place);
  }

  /** Looks at the next few places, round and round, so that no call has to look at all. */
  #forgetOld(nowMs: number): void {
    const looks = Math.min(looksAKeep, this.#owners.length);
    for (let look = 0; look < looks; look += 1) {
      this.#looked = (this.#looked + 1) % this.#owners.length;
      const owner = this.#owners[this.#looked] ?? null;
      const sinceMs = nowMs - this.ingestTimeMs(this.#looked);
      if (owner === null || sinceMs <= this.#memoryMs + clockStepMs) continue;
      this.#freePlace(owner, this.#looked);
    }
  }

  #grow(): void {
    this.#cells = grown(this.#cells, new Int32Array(2 * this.#cells.length));
    const places = 2 * this.#probabilities.length;
    this.#probabilities = grown(this.#probabilities, new Float32Array(places));
    this.#eventTimesMs = grown(this.#eventTimesMs, new Float64Array(places));
    this.#ingestTimesMs = grown(this.#ingestTimesMs, new Float64Array(places));
  }
}

/** What is in the smaller array, in the larger one. */
function grown<Numbers extends Int32Array | Float32Array | Float64Array>(
  from: Numbers,
  to: Numbers,
): Numbers {
  to.set(from);
  return to;
}
