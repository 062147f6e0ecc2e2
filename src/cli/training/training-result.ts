import { basename, relative, resolve } from 'node:path';
import { gridPath, modelDigest, saveModelFiles } from '../../model/model-files.js';
import { sizeOf } from '../../model/tensor.js';
import { trainedFiles } from '../../model/training/export.js';
import { parametersOf } from '../../model/training/parameters.js';
import { bestTop1 } from '../../model/training/trainer.js';
import { projectDir } from '../../project-dir.js';
import { defaultReplicates } from '../evaluate.js';
import { printAccuracy } from './print-accuracy.js';
import { writeCard } from './write-card.js';
import type { MadeModel } from '../../model/training/card.js';
import type { Trainer, TrainerOptions, TrainingEnd } from '../../model/training/trainer.js';
import type { TrainFlags } from '../train.js';
import type { TrainingPlan } from './train-run.js';

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

/**
 * Tests the best weights of a training on the test fleet, and writes model, card, sample and
 * pictures to the folder that the training was asked for.
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
  const { step, trainedMs, validations } = trainer.progress;
  const { name, version, cellSizeM } = plan.grid;
  const parameters = parametersOf(shape).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const made: MadeModel = {
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
  };
  await saveModelFiles(files, flags.out);
  const card = await writeCard({
    folder: flags.out,
    files,
    made,
    training: plan.trainingRuns,
    test: plan.test.runs,
    city: plan.view,
    replicates: defaultReplicates,
  });
  printAccuracy(card);
}
