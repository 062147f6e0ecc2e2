import cliProgress from 'cli-progress';
import type { TrainingStatus } from '../../model/training/trainer.js';

/** Terminals get a live line, logs one line in a while. */
const logEveryMs = 15_000;

function barOf(format: string, barsize = 40): cliProgress.SingleBar {
  return new cliProgress.SingleBar(
    {
      format,
      barsize,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: logEveryMs,
      // Whoever runs the training decides what Ctrl-C does.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Progress of making training data: one bar per fleet or file. */
export class DataView {
  #bar: cliProgress.SingleBar | null = null;

  update(what: string, share: number): void {
    if (this.#bar === null) {
      this.#bar = barOf('{what} {bar} {percentage} %');
      this.#bar.start(100, 0, { what });
    }
    this.#bar.update(Math.min(100, Math.floor(100 * share)), { what });
    if (share < 1) return;
    this.#bar.stop();
    this.#bar = null;
  }
}

/** Progress of testing a network. */
export class JudgingView {
  readonly #bar = barOf('testing {bar} {percentage} %');

  constructor() {
    this.#bar.start(100, 0);
  }

  update(share: number): void {
    this.#bar.update(Math.floor(100 * share));
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** Progress of a training: time left, mean loss since the last validation, best validation so far. */
export class TrainingView {
  // In 80 columns all but the counts can be seen; the line is cut at the end of the terminal.
  readonly #bar = barOf(
    '{bar} {percentage} % | {left} left | loss {loss} | top-1 {top1} | {rate} windows/s | step {step}, epoch {epoch}',
    10,
  );
  readonly #batch: number;
  readonly #startedMs = performance.now();
  #first: { share: number; step: number } | null = null;

  constructor(batch: number) {
    this.#batch = batch;
    this.#bar.start(1000, 0, {
      epoch: 0,
      step: 0,
      loss: '–',
      top1: '–',
      rate: '–',
      left: '–',
    });
  }

  update(status: TrainingStatus): void {
    const { progress, share, loss, bestTop1 } = status;
    this.#first ??= { share, step: progress.step };
    const elapsedMs = performance.now() - this.#startedMs;
    const gained = share - this.#first.share;
    const steps = progress.step - this.#first.step;
    this.#bar.update(Math.min(1000, Math.floor(1000 * share)), {
      epoch: progress.epoch + 1,
      step: progress.step,
      loss: loss.toFixed(3),
      top1: bestTop1 === null ? '–' : `${(100 * bestTop1).toFixed(1)} %`,
      rate: Math.round((1000 * steps * this.#batch) / elapsedMs),
      left: gained > 0 ? minutes((elapsedMs / gained) * Math.max(0, 1 - share)) : '–',
    });
  }

  stop(): void {
    this.#bar.stop();
  }
}
