import type { TensorBatch } from '../wire/tensor-batch.js';

interface Request<Result> {
  readonly batch: TensorBatch;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets the batches of many lanes share one run of the engine: what waits when the engine is free
 * goes together, up to `maxItems`. A batch that comes to an idle engine goes at once.
 *
 * Results come one for each batch, in the order in which they were submitted.
 */
export class MicroBatcher<Result> {
  readonly #run: (batches: readonly TensorBatch[]) => readonly Result[];
  readonly #maxItems: number;
  #waiting: Request<Result>[] = [];
  #scheduled = false;

  /** @param run gives one result for each batch */
  constructor(maxItems: number, run: (batches: readonly TensorBatch[]) => readonly Result[]) {
    this.#maxItems = maxItems;
    this.#run = run;
  }

  submit(batch: TensorBatch): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#schedule();
    });
  }

  /** After the events that are due: sends go out and fetches come in between two runs. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#next();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #next(): void {
    let items = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      items += batch.items.length;
      if (count > 0 && items > this.#maxItems) break;
      count += 1;
    }
    const requests = this.#waiting.splice(0, count);
    try {
      const results = this.#run(requests.map(({ batch }) => batch));
      requests.forEach(({ resolve, reject }, at) => {
        const result = results[at];
        if (result === undefined) reject(new Error('the engine gave fewer results than batches'));
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }
}
