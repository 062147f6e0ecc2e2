import { initialWeights } from '../../src/model/training/initial-weights.js';
import { TrainingNetwork, freshState } from '../../src/model/training/training-network.js';
import { seededRandom } from '../../src/model/training/random.js';
import { compare, inProcess, type Contender, type Rounds } from '../engine/contender.js';
import { LayersFit } from './layers-fit.js';
import type { NetworkShape } from '../../src/model/training/parameters.js';
import type { TrainingBatch } from '../../src/model/training/training-network.js';
import type { Cell, Report } from '../report/report.js';

/** How much is done, and with how large a network: a quick run has a small one. */
interface Effort extends Rounds {
  readonly shape: NetworkShape;
  readonly batchSizes: readonly number[];
}

/** The network of models/daejeon. */
const shape: NetworkShape = { cells: 1_457, units: 128, depth: 7, steps: 20, dropout: 0 };
const full: Effort = { shape, batchSizes: [32, 128], rounds: 5, sliceS: 3 };
const quick: Effort = {
  shape: { ...shape, cells: 101, units: 16, depth: 2 },
  batchSizes: [32],
  rounds: 1,
  sliceS: 0.05,
};

const learningRate = 1e-3;
/** The first loss of both trainers differs by rounding only. */
const tolerance = 1e-3;
const batchColumn = 'batch size';

/** Windows without padding, and what came next: the same ones each time. */
function batchOf({ cells, steps }: NetworkShape, items: number): TrainingBatch {
  const random = seededRandom(7, items);
  const length = items * steps;
  return {
    ids: Int32Array.from({ length }, () => random.below(cells)),
    targets: Int32Array.from({ length }, () => random.below(cells)),
    weights: new Float32Array(length).fill(1 / length),
  };
}

function ourTrainer(network: TrainingNetwork, batch: (items: number) => TrainingBatch): Contender {
  let steps = 0;
  return {
    name: 'Stagecoach, loss at every step',
    prepare(items) {
      const filled = batch(items);
      return inProcess(items, () => network.step(filled, (steps += 1), learningRate, 1));
    },
    close: () => network.dispose(),
  };
}

/**
 * Windows trained on per second of one core, beside `LayersModel.fit` of the same network with the
 * same weights and batches. The first loss of both is compared before.
 */
export async function training(isQuick: boolean): Promise<Report> {
  const effort = isQuick ? quick : full;
  const { batchSizes, ...rounds } = effort;
  const batch = (items: number): TrainingBatch => batchOf(effort.shape, items);
  const weights = initialWeights(effort.shape, 1);
  const network = new TrainingNetwork(effort.shape);
  network.setState(freshState(weights));
  const fit = new LayersFit(effort.shape, weights, batch, { lossAt: 'every step', learningRate });
  const lastFit = new LayersFit(effort.shape, weights, batch, {
    lossAt: 'the last step',
    learningRate,
  });
  const contenders = [ourTrainer(network, batch), fit, lastFit];
  try {
    const first = batch(8);
    const [ours, theirs] = [network.gradients(first, 1).loss, await fit.step(first)];
    if (!(Math.abs(ours - theirs) < tolerance)) {
      throw new Error(`The trainers do not agree: first loss ${ours}, LayersModel.fit ${theirs}.`);
    }
    const rows: Record<string, Cell>[] = [];
    for (const items of batchSizes) {
      const rates = await compare(contenders, items, rounds);
      rows.push(rowOf(items, rates, contenders));
    }
    return reportOf(rows, effort, isQuick);
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

function rowOf(
  items: number,
  rates: ReadonlyMap<string, number>,
  contenders: readonly Contender[],
): Record<string, Cell> {
  const row: Record<string, Cell> = { [batchColumn]: items };
  const [own, ...others] = contenders.map(({ name }) => ({ name, rate: rates.get(name) ?? NaN }));
  for (const { name, rate } of [own, ...others].filter((one) => one !== undefined)) {
    row[`${name}, windows/s`] = rate;
  }
  for (const { name, rate } of others) row[`× ${name}`] = (own?.rate ?? NaN) / rate;
  return row;
}

function reportOf(
  rows: readonly Record<string, Cell>[],
  { shape: { cells, units, depth, steps }, rounds, sliceS }: Effort,
  isQuick: boolean,
): Report {
  return {
    name: 'training',
    title: `Training on one core: ${cells} cells, ${depth} GRUs of ${units} units, windows of ${steps}`,
    isQuick,
    tables: [
      {
        title: 'Windows trained on per second of processor time, by one core',
        columns: Object.keys(rows[0] ?? {}),
        rows,
      },
    ],
    plots: [],
    notes: [
      `Every trainer has one thread and runs in turn with the others in slices of ${sliceS} s of processor time, or one step where that takes longer; the figures are medians of ${rounds}.`,
      'Before that, ours and LayersModel.fit gave the same first loss from the same weights, within 1e-3.',
      'A window is forward pass, backward pass and Adam. Ours is stagecoach train’s: the loss at every time step. LayersModel.fit is run so, and with the loss at the last step, as the network is usually fitted.',
    ],
  };
}
