import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readCheckpoint, writeCheckpoint } from '../../../../src/model/training/checkpoint.js';
import { allItems } from '../../../../src/model/training/hits.js';
import { hitRates, judgeBaseline } from '../../../../src/model/evaluation/judged.js';
import { fitMarkov } from '../../../../src/model/training/markov.js';
import { seededRandom } from '../../../../src/model/training/random.js';
import { Trainer, bestTop1 } from '../../../../src/model/training/trainer.js';
import type { Checkpoint } from '../../../../src/model/training/checkpoint.js';
import type { CellRuns } from '../../../../src/model/training/sequences.js';
import type { TrainerOptions, TrainingStatus } from '../../../../src/model/training/trainer.js';

const cellCount = 11;

/**
 * A toy city: each run keeps its own step of 1…4 cells round a ring of 11. Two cells tell the third
 * for certain; one cell alone leaves four choices.
 */
function toyRuns(seed: number, count: number): CellRuns {
  const random = seededRandom(seed);
  const length = 13;
  const cells = Array.from({ length: count }, () => {
    const first = random.below(cellCount);
    const stride = 1 + random.below(4);
    return Array.from({ length }, (_, step) => 1 + ((first + step * stride) % cellCount));
  });
  const starts = Int32Array.from({ length: count + 1 }, (_, run) => run * length);
  return { cells: Int32Array.from(cells.flat()), starts };
}

const runs = toyRuns(1, 400);
const validation = allItems(toyRuns(2, 30));

const options: TrainerOptions = {
  shape: { cells: cellCount + 1, units: 16, depth: 2, steps: 6, dropout: 0 },
  schedule: { peak: 1e-2, warmUpSteps: 20 },
  batch: 32,
  seed: 4,
  budget: { epochs: 6 },
  validateEverySteps: 50,
  patience: 100,
  identity: 'toy',
};

interface Outcome {
  readonly end: string;
  readonly last: Checkpoint;
  readonly statuses: readonly TrainingStatus[];
}

/** Trains until the end, or until `stopAfterSteps`. */
async function train(
  trainerOptions: TrainerOptions,
  from: Checkpoint | null = null,
  stopAfterSteps = Infinity,
): Promise<Outcome> {
  const trainer = new Trainer(trainerOptions, runs, validation);
  const stop = new AbortController();
  const statuses: TrainingStatus[] = [];
  const saved: Checkpoint[] = [];
  try {
    if (from) trainer.resume(from);
    const end = await trainer.run(
      {
        onStep: (status) => {
          statuses.push(status);
          if (status.progress.step >= stopAfterSteps) stop.abort();
        },
        onCheckpoint: (checkpoint) => Promise.resolve(void saved.push(checkpoint)),
      },
      stop.signal,
    );
    const last = saved.at(-1);
    assert.ok(last);
    return { end, last, statuses };
  } finally {
    trainer.dispose();
  }
}

describe('training', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-training-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('learns what needs two cells of history, where a first-order baseline fails', async () => {
    const { end, last } = await train(options);
    const baseline = hitRates(judgeBaseline(validation, fitMarkov(runs, 5).firstOrder));
    assert.equal(end, 'budget');
    assert.ok(baseline.top1 < 0.4, `baseline ${baseline.top1}`);
    // The first cell of each run of 12 transitions leaves four choices: 0.92 + 0.02 is the best.
    const top1 = bestTop1(last.progress) ?? 0;
    assert.ok(top1 > 0.88, `top-1 ${top1}`);
  });

  it('learns from inputs beside the cells, and validates with them', async () => {
    // Runs of one cell after another at random; the other input tells the next cell for certain.
    const told = (seed: number, count: number): CellRuns => {
      const random = seededRandom(seed);
      const cells = Int32Array.from({ length: count * 13 }, () => 1 + random.below(cellCount));
      const starts = Int32Array.from({ length: count + 1 }, (_, run) => run * 13);
      return { cells, starts, extras: [cells.map((_, at) => cells[at + 1] ?? 0)] };
    };
    const extras = [{ name: 'next', size: cellCount + 1 }];
    const toldOptions = { ...options, shape: { ...options.shape, extras }, budget: { epochs: 4 } };
    const items = allItems(told(2, 30));
    const trainer = new Trainer(toldOptions, told(1, 400), items);
    const observer = { onStep: () => undefined, onCheckpoint: () => Promise.resolve() };
    await trainer.run(observer, new AbortController().signal);
    const best = bestTop1(trainer.progress) ?? 0;
    assert.ok(best > 0.95, `top-1 ${best}`);
    assert.equal(trainer.judgeBest(items).top1, best);
    trainer.dispose();
  });

  it('gives the same weights for the same seed and options, and others for another seed', async () => {
    const short = { ...options, budget: { epochs: 1 }, labelSmoothing: 0.1 };
    const shape = { ...options.shape, dropout: 0.2 };
    const [first, again, other] = [
      await train({ ...short, shape }),
      await train({ ...short, shape }),
      await train({ ...short, shape, seed: 5 }),
    ];
    assert.deepEqual(again.last.state, first.last.state);
    assert.notDeepEqual(other.last.state, first.last.state);
  });

  it('that stopped goes on from its checkpoint to the same weights', async () => {
    const short = { ...options, budget: { epochs: 2 }, validateEverySteps: 30 };
    const whole = await train(short);
    const part = await train(short, null, 41);
    assert.equal(part.end, 'stopped');
    assert.equal(part.last.progress.step, 41);
    const path = join(folder, 'toy.checkpoint');
    await writeCheckpoint(path, part.last);
    const resumed = await train(short, await readCheckpoint(path));
    assert.equal(resumed.end, 'budget');
    assert.equal(resumed.last.progress.step, whole.last.progress.step);
    assert.deepEqual(resumed.last.state, whole.last.state);
    assert.deepEqual(resumed.last.best, whole.last.best);
  });

  it('ends when validation no longer improves', async () => {
    const { end, statuses } = await train({
      ...options,
      schedule: { peak: 1e-12, warmUpSteps: 1 },
      validateEverySteps: 2,
      patience: 3,
    });
    assert.equal(end, 'no improvement');
    assert.ok(statuses.length >= 8);
  });

  it('refuses the checkpoint of another training', async () => {
    const { last } = await train(options, null, 1);
    await assert.rejects(train({ ...options, identity: 'other' }, last), {
      code: 'CHECKPOINT_OF_ANOTHER_TRAINING',
    });
  });

  it('refuses a checkpoint that was cut short', async () => {
    const { last } = await train(options, null, 1);
    const path = join(folder, 'short.checkpoint');
    await writeCheckpoint(path, last);
    await truncate(path, 5_000);
    await assert.rejects(readCheckpoint(path), { code: 'MODEL_FILE_INVALID' });
  });

  it('says that there is too little data for one batch', () => {
    assert.throws(() => new Trainer({ ...options, batch: 5_000 }, runs, validation), {
      code: 'TOO_LITTLE_TRAINING_DATA',
    });
  });
});
