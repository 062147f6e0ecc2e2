import { clockStepMs } from '../geo/windows.js';

/** A vehicle's prediction, as far as its truth can be told by it. */
export interface KeptPrediction {
  readonly eventTimeMs: number;
  readonly ingestTimeMs: number;
  /** Of the best candidate. */
  readonly probability: number;
  /** Best first. */
  readonly cells: ArrayLike<number>;
}

const firstPlaces = 64;
/** Places looked at for each prediction that is kept: enough to free as many as are taken. */
const looksAKeep = 2;

/**
 * The last prediction of each vehicle of a lane. A vehicle takes some 60 bytes and its id, in arrays
 * that grow to as many places as vehicles were remembered at once.
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

  /** The vehicle's last prediction, or null. It holds until something else is called here. */
  of(vehicleId: string): KeptPrediction | null {
    const place = this.#placeOf.get(vehicleId);
    if (place === undefined) return null;
    return {
      eventTimeMs: this.#eventTimesMs[place] ?? 0,
      ingestTimeMs: this.#ingestTimesMs[place] ?? 0,
      probability: this.#probabilities[place] ?? 0,
      cells: this.#cells.subarray(place * this.#depth, (place + 1) * this.#depth),
    };
  }

  /** Keeps a prediction in place of the vehicle's one before. Ingest times are the lane's clock. */
  keep(vehicleId: string, prediction: KeptPrediction): void {
    const { eventTimeMs, ingestTimeMs, probability, cells } = prediction;
    this.#forgetOld(ingestTimeMs);
    const place = this.#placeOf.get(vehicleId) ?? this.#newPlace(vehicleId);
    this.#eventTimesMs[place] = eventTimeMs;
    this.#ingestTimesMs[place] = ingestTimeMs;
    this.#probabilities[place] = probability;
    // A cell that no candidate fills is none that a vehicle can enter.
    for (let rank = 0; rank < this.#depth; rank += 1) {
      this.#cells[place * this.#depth + rank] = cells[rank] ?? -1;
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
      const sinceMs = nowMs - (this.#ingestTimesMs[this.#looked] ?? 0);
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
