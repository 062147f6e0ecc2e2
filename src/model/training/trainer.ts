import { setImmediate as nextTurn } from 'node:timers/promises';
import { PipelineError } from '../../errors.js';
import { judgeRanker } from './hits.js';
import { initialWeights } from './initial-weights.js';
import { learningRateAt } from './learning-rate.js';
import { batchesIn, cutEpoch, fillBatch, writeWindowOf } from './sequences.js';
import { TrainingNetwork, defaultOptimiser, freshState } from './training-network.js';
import type { Checkpoint, TrainingProgress } from './checkpoint.js';
import type { HitRates, TestItems } from './hits.js';
import type { LearningRateSchedule } from './learning-rate.js';
import type { NetworkShape, ParameterValues } from './parameters.js';
import type { CellRuns, Epoch } from './sequences.js';

/** When a training is over, whatever it has learned. */
export type TrainingBudget = { readonly epochs: number } | { readonly trainingMs: number };

/** How a network is trained. */
export interface TrainerOptions {
  readonly shape: NetworkShape;
  readonly schedule: LearningRateSchedule;
  /** Sequences of a step. */
  readonly batch: number;
  /** Decides first weights, cuts, order and dropout. */
  readonly seed: number;
  /** The share of the probability that the loss wants spread evenly over all cells. Default 0. */
  readonly labelSmoothing?: number;
  readonly budget: TrainingBudget;
  readonly validateEverySteps: number;
  /** Training stops after so many validations in a row without a new best. */
  readonly patience: number;
  /** Whose checkpoint it is: see {@link Checkpoint.identity}. */
  readonly identity: string;
}

/** How a training stands after a step. */
export interface TrainingStatus {
  readonly progress: TrainingProgress;
  /** Share of the budget that is used, 0 … 1. */
  readonly share: number;
  /** Mean over the last steps, in nats. */
  readonly loss: number;
  readonly learningRate: number;
  /** Best validation so far: share of true next cells that came first. Null before the first. */
  readonly bestTop1: number | null;
}

/** Why a training ended. */
export type TrainingEnd = 'budget' | 'no improvement' | 'stopped';

/** What a trainer tells the one who runs it. */
export interface TrainingObserver {
  onStep(status: TrainingStatus): void;
  /** After every validation and at the end: the moment to save a checkpoint. */
  onCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

/** Windows per validation run: bounded by memory, not part of the result. */
const validationBatch = 256;

/** The windows of the extra inputs of some items, each `[count, steps]`. */
function extraWindows(items: TestItems, from: number, count: number, steps: number): Int32Array[] {
  return (items.runs.extras ?? []).map((values) => {
    const windows = new Int32Array(count * steps);
    for (let row = 0; row < count; row += 1) {
      const window = windows.subarray(row * steps, (row + 1) * steps);
      const at = from + row;
      writeWindowOf(values, items.positions[at] ?? 0, items.runStarts[at] ?? 0, window);
    }
    return windows;
  });
}

/** The highest top-1 among the validations, null if there was none. */
export function bestTop1(progress: TrainingProgress): number | null {
  return progress.validations.reduce<number | null>(
    (best, { top1 }) => (best === null || top1 > best ? top1 : best),
    null,
  );
}

/**
 * Trains a network on runs of cells. The same options and runs give the same weights; a training
 * that was stopped and goes on from its checkpoint gives those of one that was not, where its
 * budget is in epochs (in time, it depends on the machine).
 */
export class Trainer {
  readonly #options: TrainerOptions;
  readonly #runs: CellRuns;
  readonly #validation: TestItems;
  readonly #network: TrainingNetwork;
  #progress: TrainingProgress = { step: 0, epoch: 0, batch: 0, trainedMs: 0, validations: [] };
  #best: ParameterValues;
  #epoch: Epoch;
  #lossSum = 0;
  #lossSteps = 0;

  constructor(options: TrainerOptions, runs: CellRuns, validation: TestItems) {
    this.#options = options;
    this.#runs = runs;
    this.#validation = validation;
    this.#best = initialWeights(options.shape, options.seed);
    this.#epoch = cutEpoch(runs, options.shape.steps, options.seed, 0);
    if (batchesIn(this.#epoch, options.batch) === 0) {
      throw new PipelineError(
        `The training runs give ${this.#epoch.lasts.length} windows, fewer than a batch of ${options.batch}. Train with more vehicles or days, or a smaller batch.`,
        { code: 'TOO_LITTLE_TRAINING_DATA', disposition: 'fatal' },
      );
    }
    const { labelSmoothing = 0 } = options;
    this.#network = new TrainingNetwork(options.shape, { ...defaultOptimiser, labelSmoothing });
    this.#network.setState(freshState(this.#best));
  }

  /**
   * Goes on from a checkpoint.
   * @throws {PipelineError} CHECKPOINT_OF_ANOTHER_TRAINING
   */
  resume(checkpoint: Checkpoint): void {
    const { identity, shape, seed } = this.#options;
    if (checkpoint.identity !== identity) {
      throw new PipelineError(
        `The checkpoint belongs to another training: it has ${checkpoint.identity}, this one is ${identity}. Give the options of that training, or start anew without --resume.`,
        { code: 'CHECKPOINT_OF_ANOTHER_TRAINING', disposition: 'fatal' },
      );
    }
    this.#network.setState(checkpoint.state);
    this.#progress = checkpoint.progress;
    this.#best = checkpoint.best;
    this.#epoch = cutEpoch(this.#runs, shape.steps, seed, checkpoint.progress.epoch);
  }

  /** The weights of the best validation. */
  get best(): ParameterValues {
    return this.#best;
  }

  get progress(): TrainingProgress {
    return this.#progress;
  }

  /** Passes over the data so far, the current one in part. */
  get epochs(): number {
    const { epoch, batch } = this.#progress;
    return epoch + batch / batchesIn(this.#epoch, this.#options.batch);
  }

  /** Trains until the budget is used, nothing improves any more, or `signal` is aborted. */
  async run(observer: TrainingObserver, signal: AbortSignal): Promise<TrainingEnd> {
    for (;;) {
      // Everything else in this process runs here: TensorFlow holds the thread for a whole step.
      await nextTurn();
      const share = this.#share();
      const over = share >= 1;
      if (over && this.#progress.validations.at(-1)?.step !== this.#progress.step) this.#validate();
      const stale = this.#validationsSinceBest() >= this.#options.patience;
      if (over || stale || signal.aborted) {
        await observer.onCheckpoint(this.#checkpoint());
        return over ? 'budget' : stale ? 'no improvement' : 'stopped';
      }
      observer.onStep(this.#step(share));
      if (this.#progress.step % this.#options.validateEverySteps === 0) {
        this.#validate();
        await observer.onCheckpoint(this.#checkpoint());
      }
    }
  }

  /** Judges the weights of the best validation on other items. The training is over then. */
  judgeBest(items: TestItems): HitRates {
    this.#network.setState(freshState(this.#best));
    return this.#judge(items);
  }

  /** Frees the network's session. */
  dispose(): void {
    this.#network.dispose();
  }

  #share(): number {
    const { budget } = this.#options;
    return 'epochs' in budget
      ? this.epochs / budget.epochs
      : this.#progress.trainedMs / budget.trainingMs;
  }

  #step(share: number): TrainingStatus {
    const begunMs = performance.now();
    const { shape, batch: size, seed, schedule } = this.#options;
    const { step, epoch, batch, trainedMs } = this.#progress;
    const number = step + 1;
    const learningRate = learningRateAt(schedule, number, share);
    const filled = fillBatch(this.#runs, this.#epoch, shape.steps, size, batch);
    this.#lossSum += this.#network.step(filled, number, learningRate, seed);
    this.#lossSteps += 1;
    const epochOver = batch + 1 === batchesIn(this.#epoch, size);
    this.#progress = {
      ...this.#progress,
      step: number,
      epoch: epochOver ? epoch + 1 : epoch,
      batch: epochOver ? 0 : batch + 1,
    };
    if (epochOver) this.#epoch = cutEpoch(this.#runs, shape.steps, seed, epoch + 1);
    this.#progress.trainedMs = trainedMs + performance.now() - begunMs;
    const loss = this.#lossSum / this.#lossSteps;
    const progress = this.#progress;
    return { progress, share: this.#share(), loss, learningRate, bestTop1: bestTop1(progress) };
  }

  #validate(): void {
    const begunMs = performance.now();
    const { top1 } = this.#judge(this.#validation);
    const best = bestTop1(this.#progress);
    if (best === null || top1 > best) this.#best = this.#network.weights();
    const loss = this.#lossSteps === 0 ? 0 : this.#lossSum / this.#lossSteps;
    this.#lossSum = 0;
    this.#lossSteps = 0;
    this.#progress = {
      ...this.#progress,
      validations: [...this.#progress.validations, { step: this.#progress.step, loss, top1 }],
    };
    this.#progress.trainedMs += performance.now() - begunMs;
  }

  #judge(items: TestItems): HitRates {
    const { steps } = this.#options.shape;
    let ranked = 0;
    return judgeRanker(items, steps, validationBatch, (windows) => {
      const count = windows.length / steps;
      ranked += count;
      return this.#network.rank(windows, extraWindows(items, ranked - count, count, steps));
    });
  }

  #validationsSinceBest(): number {
    const { validations } = this.#progress;
    const best = bestTop1(this.#progress);
    const at = validations.findIndex(({ top1 }) => top1 === best);
    return at === -1 ? 0 : validations.length - 1 - at;
  }

  #checkpoint(): Checkpoint {
    return {
      identity: this.#options.identity,
      progress: this.#progress,
      state: this.#network.state(),
      best: this.#best,
    };
  }
}
