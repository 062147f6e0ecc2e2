import type { Encoding } from '../../wire/tensor.js';
import type { LayerRange } from '../cuts.js';
import { PartitionError } from '../errors.js';
import type { HopCost, LayerProfile, Profile } from '../profile.js';
import type { WorkerResources } from './places.js';

const msPerS = 1000;
const msPerNs = 1e-6;

/**
 * What a worker takes for a sub-model, by a profile: processor time, memory and bytes. The formulas
 * are those of docs/planning.md.
 */
export class CostModel {
  readonly layerCount: number;
  readonly layerNames: readonly string[];
  /** Of an item before each layer, and behind the last. Bytes. */
  readonly cutBytes: readonly number[];
  readonly #profile: Profile;
  readonly #hop: HopCost;
  readonly #loadMs: readonly number[];
  readonly #lightMs: readonly number[];
  readonly #loadCallMs: number;
  readonly #lightCallMs: number;
  readonly #weightsBytes: readonly number[];

  /** @throws {PartitionError} PROFILE_INCOMPLETE */
  constructor(profile: Profile, encoding: Encoding) {
    const { layers, calls, recordItems } = profile;
    const times = layers.map(timesOf);
    this.#profile = profile;
    this.layerCount = layers.length;
    this.layerNames = layers.map(({ name }) => name);
    this.cutBytes = cutBytesOf(profile, encoding);
    this.#hop = hopOf(profile, encoding);
    this.#loadMs = sumsOf(times.map((layer) => batchMs(layer, recordItems) / recordItems));
    this.#lightMs = sumsOf(times.map((layer) => batchMs(layer, 1)));
    this.#loadCallMs = batchMs(calls, recordItems) / recordItems;
    this.#lightCallMs = batchMs(calls, 1);
    this.#weightsBytes = sumsOf(layers.map(({ weightsBytes }) => weightsBytes));
  }

  bytesAt(cut: number): number {
    return this.cutBytes[cut] ?? NaN;
  }

  /** Processor time of layers and the call that runs them, for an item in a full record, at speed 1. Milliseconds. */
  layersMs({ from, to }: LayerRange): number {
    return this.#loadCallMs + difference(this.#loadMs, from, to);
  }

  /** Processor time of taking an item in and sending it on, in a full record, at speed 1. Milliseconds. */
  hopMs({ from, to }: LayerRange): number {
    const { recordMs, itemMs } = this.#hop;
    const { recordItems } = this.#profile;
    return recordMs / recordItems + itemMs + this.#decodeMs(from) + this.#encodeMs(to);
  }

  /** Of a worker: its process, weights, and the two largest outputs of a full record. Bytes. */
  memoryBytes({ from, to }: LayerRange): number {
    let largest = 0;
    let second = 0;
    for (const { workingBytes } of this.#profile.layers.slice(from, to)) {
      second = Math.max(second, Math.min(largest, workingBytes));
      largest = Math.max(largest, workingBytes);
    }
    const { processBytes, recordItems } = this.#profile;
    const weightsBytes = difference(this.#weightsBytes, from, to);
    return processBytes + weightsBytes + recordItems * (largest + second);
  }

  /** What each resource of a worker allows. Items a second. */
  limits(worker: WorkerResources, range: LayerRange) {
    return {
      processor: (msPerS * worker.speed) / (this.layersMs(range) + this.hopMs(range)),
      download: perS(worker.downloadBytesPerS, this.bytesAt(range.from)),
      upload: perS(worker.uploadBytesPerS, this.bytesAt(range.to)),
    };
  }

  /** What a worker does alone. Items a second. */
  itemsPerS(worker: WorkerResources, range: LayerRange): number {
    const { processor, download, upload } = this.limits(worker, range);
    return Math.min(processor, download, upload);
  }

  /**
   * Of one item with a worker at rest, from its append at the broker to that of what is sent on. What
   * a record and an item take whatever their size is in the round trip. Milliseconds.
   */
  latencyMs(worker: WorkerResources, range: LayerRange): number {
    const { from, to } = range;
    const processorMs =
      this.#lightCallMs +
      difference(this.#lightMs, from, to) +
      (this.#decodeMs(from) + this.#encodeMs(to));
    return (
      (this.#profile.restSlowdown * processorMs) / worker.coreSpeed +
      (msPerS * this.bytesAt(from)) / worker.downloadBytesPerS +
      (msPerS * this.bytesAt(to)) / worker.uploadBytesPerS +
      worker.roundTripMs
    );
  }

  /** What windower and sink add to the latency of any plan, both on the profiled node. Milliseconds. */
  endsLatencyMs(): number {
    const { node, restSlowdown } = this.#profile;
    const last = this.layerCount;
    const processorMs = this.#encodeMs(0) + this.#decodeMs(last);
    return (
      (restSlowdown * processorMs) / node.speed +
      2 * node.roundTripMs +
      (msPerS * this.bytesAt(0)) / node.uploadBytesPerS +
      (msPerS * this.bytesAt(last)) / node.downloadBytesPerS
    );
  }

  #decodeMs(cut: number): number {
    return msPerNs * this.#hop.decodeNsPerByte * this.bytesAt(cut);
  }

  #encodeMs(cut: number): number {
    return msPerNs * this.#hop.encodeNsPerByte * this.bytesAt(cut);
  }
}

/** `sums[to] − sums[from]` is the sum of a range. */
function sumsOf(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

function difference(sums: readonly number[], from: number, to: number): number {
  return (sums[to] ?? NaN) - (sums[from] ?? NaN);
}

function perS(bytesPerS: number, bytes: number): number {
  return bytes === 0 ? Infinity : bytesPerS / bytes;
}

/** What a batch of so many items takes. */
interface BatchTime {
  readonly batch: number;
  readonly ms: number;
}

/** The smallest first, and one at least. */
function timesOf({ name, times }: LayerProfile): readonly BatchTime[] {
  if (times.length > 0) return times.map(({ batch, ms }) => ({ batch, ms: ms.median }));
  throw new PartitionError(
    'PROFILE_INCOMPLETE',
    `The profile has no times of layer ${name}: profile the network again.`,
  );
}

/**
 * Time of a batch, on the line between the measured sizes around it. Below the smallest one it is
 * that one's, above the largest one it grows in proportion.
 */
function batchMs([smallest, ...larger]: readonly BatchTime[], items: number): number {
  let below = smallest ?? { batch: 1, ms: 0 };
  if (items <= below.batch) return below.ms;
  for (const { batch, ms } of larger) {
    if (items <= batch) {
      const share = (items - below.batch) / (batch - below.batch);
      return below.ms + share * (ms - below.ms);
    }
    below = { batch, ms };
  }
  return (below.ms / below.batch) * items;
}

function cutBytesOf({ cuts, layers }: Profile, encoding: Encoding): number[] {
  if (cuts.length !== layers.length + 1) {
    throw new PartitionError(
      'PROFILE_INCOMPLETE',
      `The profile has the bytes of ${cuts.length} cuts, and ${layers.length} layers have ` +
        `${layers.length + 1}, both ends included: profile the network again.`,
    );
  }
  return cuts.map((bytes, cut) => {
    const found = bytes[encoding];
    if (found === undefined) throw lacksEncoding(encoding, `bytes of the cut before layer ${cut}`);
    return found;
  });
}

function hopOf({ hops }: Profile, encoding: Encoding): HopCost {
  const found = hops.find((hop) => hop.encoding === encoding);
  if (found === undefined) throw lacksEncoding(encoding, 'cost of a hop');
  return found;
}

function lacksEncoding(encoding: Encoding, what: string): PartitionError {
  return new PartitionError(
    'PROFILE_INCOMPLETE',
    `The profile has no ${what} with encoding ${encoding}: plan with an encoding that it has, ` +
      'or profile the network with this one.',
  );
}
