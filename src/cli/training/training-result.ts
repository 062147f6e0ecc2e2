import { writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { compileSubModel } from '../../model/engine/sub-model.js';
import { gridPath, modelDigest, saveModelFiles } from '../../model/model-files.js';
import { describeLayers } from '../../model/network.js';
import { sizeOf } from '../../model/tensor.js';
import { cardMarkdown } from '../../model/training/card.js';
import { trainedFiles } from '../../model/training/export.js';
import { allItems, judgeBaseline, judgeRanker, rankingDepth } from '../../model/training/hits.js';
import { fitMarkov } from '../../model/training/markov.js';
import { parametersOf } from '../../model/training/parameters.js';
import { bestTop1 } from '../../model/training/trainer.js';
import { projectDir } from '../../project-dir.js';
import type { ModelFiles } from '../../model/model-files.js';
import type { ModelCard } from '../../model/training/card.js';
import type { HitRates, TestItems } from '../../model/training/hits.js';
import type { Trainer, TrainerOptions, TrainingEnd } from '../../model/training/trainer.js';
import type { TrainFlags } from '../train.js';
import type { TrainingPlan } from './train-run.js';

/** Windows that the engine ranks at once. */
const testBatch = 128;

async function judgeModel(files: ModelFiles, items: TestItems, steps: number): Promise<HitRates> {
  const model = await compileSubModel(files, {
    from: 0,
    to: describeLayers(files).length,
    topK: rankingDepth,
  });
  try {
    return judgeRanker(items, steps, testBatch, (data) => {
      const shape = [data.length / steps, steps];
      const [ranking] = model.run([{ name: 'cells', dtype: 'int32', shape, data }]);
      return ranking?.data ?? [];
    });
  } finally {
    model.dispose();
  }
}

/** Options that say nothing about the model, and those of the data that is not used. */
function unusedFlags({ fixes }: TrainFlags): readonly string[] {
  const ofFixes = ['split', 'splitSeed'];
  const ofFleets = ['fleets', 'vehicles', 'days', 'testHours'];
  return ['resume', 'dryRun', ...(fixes === undefined ? ofFixes : ofFleets)];
}

/** A path as another machine has it: inside of the project, or the name alone. */
function portablePath(path: string): string {
  const inProject = relative(projectDir(), resolve(path));
  return inProject.startsWith('..') ? basename(path) : inProject;
}

/** A value as it is given on the command line. */
function textOf(flags: TrainFlags, name: string, value: unknown): string {
  if (name === 'split') return Object.values(flags.split).join('/');
  if (name === 'inputs') return ['cells', ...(flags.inputs ?? [])].join(',');
  return name === 'try' ? JSON.stringify(value) : String(value);
}

/** The command line that makes the same model again. */
export function commandOf(flags: TrainFlags): string {
  const unused = unusedFlags(flags);
  const parts = Object.entries(flags).flatMap(([name, value]) => {
    if (unused.includes(name) || value === undefined) return [];
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const isPath = ['out', 'city', 'fixes'].includes(name);
    return [`--${flag} ${isPath ? portablePath(String(value)) : textOf(flags, name, value)}`];
  });
  return `stagecoach train ${parts.join(' ')}`;
}

function printAccuracy({ accuracy, digest }: ModelCard): void {
  const percent = (part: number): string => (100 * part).toFixed(1).padStart(6);
  console.log(`Model ${digest}, on ${accuracy.model.items} test items:`);
  console.log('                        top-1  top-3  top-5');
  const rows: [string, HitRates][] = [
    ['network', accuracy.model],
    ['first-order Markov', accuracy.firstOrderMarkov],
    ['second-order Markov', accuracy.secondOrderMarkov],
  ];
  for (const [name, { top1, top3, top5 }] of rows) {
    console.log(`${name.padEnd(22)}${[top1, top3, top5].map(percent).join(' ')} %`);
  }
}

/**
 * Tests the best weights of a training on the test fleet, and writes model, `card.json` and
 * `MODEL_CARD.md` to the folder that the training was asked for.
 */
export async function writeTrainedModel(
  plan: TrainingPlan,
  options: TrainerOptions,
  trainer: Trainer,
  end: TrainingEnd,
): Promise<void> {
  const { flags, shape } = plan;
  const trained = await trainedFiles(shape, trainer.best);
  const files = new Map([...trained, [gridPath, plan.gridFile]]);
  const items = allItems(plan.test.runs);
  const baselines = fitMarkov(plan.trainingRuns, rankingDepth);
  const { step, trainedMs, validations } = trainer.progress;
  const { name, version, cellSizeM } = plan.grid;
  const parameters = parametersOf(shape).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const card: ModelCard = {
    name: basename(flags.out),
    digest: modelDigest(files),
    trainedAt: new Date().toISOString(),
    grid: { name, version, cellSizeM },
    network: { ...shape, parameters },
    training: {
      command: commandOf(flags),
      seed: flags.seed,
      batch: flags.batch,
      peakLearningRate: options.schedule.peak,
      warmUpSteps: options.schedule.warmUpSteps,
      steps: step,
      epochs: trainer.epochs,
      seconds: Math.round(trainedMs / 1000),
      end,
      bestValidationTop1: bestTop1(trainer.progress),
      validations,
    },
    data: plan.data,
    accuracy: {
      model: await judgeModel(files, items, shape.steps),
      firstOrderMarkov: judgeBaseline(items, baselines.firstOrder),
      secondOrderMarkov: judgeBaseline(items, baselines.secondOrder),
    },
  };
  await saveModelFiles(files, flags.out);
  await writeFile(join(flags.out, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  await writeFile(join(flags.out, 'MODEL_CARD.md'), cardMarkdown(card));
  printAccuracy(card);
}
