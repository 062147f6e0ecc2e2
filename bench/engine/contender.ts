import { median } from '../../src/partition/measured.js';

/** A program that computes the network, or a part of its work. */
export interface Contender {
  readonly name: string;
  /**
   * Makes ready for batches of `items`.
   * @returns what computes one batch after the other for about so many seconds of processor time
   */
  prepare(items: number): (seconds: number) => Promise<Slice> | Slice;
  close(): Promise<void> | void;
}

/** What was done in one go. */
export interface Slice {
  readonly items: number;
  /** Processor time of all threads, which neighbours on the machine lengthen less than the clock's. */
  readonly seconds: number;
}

/** How long a comparison takes. */
export interface Rounds {
  readonly rounds: number;
  /** Processor time of one contender in one round. */
  readonly sliceS: number;
}

/** Seconds of processor time that this process has had. */
export function processorS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs batches in this process until a slice of time is over. */
export function inProcess(
  items: number,
  runBatch: () => unknown,
): (seconds: number) => Promise<Slice> {
  return async (seconds) => {
    const start = processorS();
    let done = 0;
    while (processorS() - start < seconds) {
      await runBatch();
      done += items;
    }
    return { items: done, seconds: processorS() - start };
  };
}

/**
 * Items per second of processor time by contender: slices in turn, so that what else the machine
 * does hits all alike; the median of the rounds.
 */
export async function compare(
  contenders: readonly Contender[],
  items: number,
  { rounds, sliceS }: Rounds,
): Promise<ReadonlyMap<string, number>> {
  const runs = contenders.map((contender) => ({
    name: contender.name,
    run: contender.prepare(items),
    rates: [] as number[],
  }));
  for (const { run } of runs) await run(sliceS / 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const { run, rates } of runs) {
      const slice = await run(sliceS);
      rates.push(slice.items / slice.seconds);
    }
  }
  return new Map(runs.map(({ name, rates }) => [name, median(rates)]));
}
