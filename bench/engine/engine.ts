import { join } from 'node:path';
import { loadModelFiles, type ModelFiles } from '../../src/model/model-files.js';
import { readNetwork, type Network } from '../../src/model/network.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { projectDir } from '../../src/project-dir.js';
import type { Cell, PlotPoint, Report, Rows } from '../report/report.js';
import { checkAgreement, ourScores, rowsOf } from './agreement.js';
import { compare, type Contender, type Rounds } from './contender.js';
import { hasKeras, kerasContender } from './keras.js';
import { loadOnnxRuntime, onnxContender } from './onnx-runtime.js';
import { ourEngine, tfjsLayers } from './own-engines.js';
import { productFlops, productsOnly } from './products.js';
import { startUpTable } from './start-up.js';

const topK = 5;
const checkedItems = 32;
const batchColumn = 'batch size';

/** How much is done. */
interface Effort extends Rounds {
  readonly batchSizes: readonly number[];
  readonly starts: number;
}

const full: Effort = { batchSizes: [1, 8, 32, 64, 128], rounds: 9, sliceS: 0.3, starts: 5 };
const quick: Effort = { batchSizes: [1, 8, 32, 64, 128], rounds: 1, sliceS: 0.02, starts: 1 };

/** Windows of cells that the network knows; the same ones each time. */
function windowsFor(network: Network): (items: number) => HostTensor {
  const [steps = 0] = network.inputs[0]?.itemShape ?? [];
  const ids = network.layers[0]?.idCount ?? 1;
  return (items) => {
    const shape = [items, steps];
    const data = Int32Array.from({ length: items * steps }, (_, index) => (index * 7919) % ids);
    return { name: 'cells', dtype: 'int32', shape, data };
  };
}

/** The engines that compute the network; each but tfjs-layers, which the tests hold against ours, is checked first. */
async function engines(files: ModelFiles, network: Network): Promise<Contender[]> {
  const windows = windowsFor(network);
  const layers = network.layers.length;
  const cells = windows(checkedItems);
  const ours = await ourScores(files, layers, cells);
  const runtime = await loadOnnxRuntime(files, topK);
  const scores = await runtime.runScores(cells);
  checkAgreement('ONNX Runtime', rowsOf(scores, checkedItems), ours);
  const contenders = [
    await ourEngine(files, { layers, topK }, windows),
    await tfjsLayers(files, windows),
    onnxContender(runtime, windows),
  ];
  if (!(await hasKeras())) return contenders;
  const keras = await kerasContender(files, windows);
  checkAgreement('Keras', [await keras.scoresOfFirst(cells)], ours);
  return [...contenders, keras];
}

type Rates = ReadonlyMap<number, ReadonlyMap<string, number>>;

async function measureRates(
  contenders: readonly Contender[],
  { batchSizes, ...rounds }: Effort,
): Promise<Rates> {
  const rates = new Map<number, ReadonlyMap<string, number>>();
  for (const items of batchSizes) rates.set(items, await compare(contenders, items, rounds));
  return rates;
}

function rateTable(rates: Rates, names: readonly string[]): Rows {
  const ours = names[0] ?? '';
  const ratioColumns = names.slice(1).map((name) => ({ name, column: `× ${name}` }));
  const rows = [...rates].map(([items, byName]) => {
    const rate = (name: string): number => byName.get(name) ?? NaN;
    const row: Record<string, Cell> = { [batchColumn]: items };
    for (const name of names) row[`${name}, items/s`] = rate(name);
    for (const { name, column } of ratioColumns) row[column] = rate(ours) / rate(name);
    return row;
  });
  return {
    title: 'The whole network, by one core: items per second of processor time',
    columns: Object.keys(rows[0] ?? {}),
    rows,
  };
}

function productTable(rates: Rates, ours: string, products: string, flops: number): Rows {
  const columns = [batchColumn, 'network, GFLOP/s', 'its matrix products only, GFLOP/s', 'ratio'];
  const [batch = '', network = '', only = '', ratio = ''] = columns;
  return {
    title: 'The same against nothing but the matrix products, by the same library',
    columns,
    rows: [...rates].map(([items, byName]) => {
      const [own, bound] = [ours, products].map((name) => (byName.get(name) ?? NaN) * flops * 1e-9);
      return {
        [batch]: items,
        [network]: own ?? NaN,
        [only]: bound ?? NaN,
        [ratio]: (own ?? NaN) / (bound ?? NaN),
      };
    }),
  };
}

function pointsOf(rates: Rates, names: readonly string[]): PlotPoint[] {
  return names.flatMap((series) =>
    [...rates].map(([x, byName]) => ({ series, x, y: byName.get(series) ?? NaN })),
  );
}

/**
 * What the engine does on one core: items per second beside other engines, floating-point operations
 * beside nothing but the matrix products, and what the start of a stage takes.
 */
export async function engineBench(isQuick: boolean): Promise<Report> {
  const effort = isQuick ? quick : full;
  const folder = join(projectDir(), 'models', 'daejeon');
  const files = await loadModelFiles(folder);
  const network = readNetwork(files);
  const contenders = await engines(files, network);
  const names = contenders.map(({ name }) => name);
  const products = productsOnly(network);
  const rates = await measureRates([...contenders, products], effort);
  for (const contender of [...contenders, products]) await contender.close();
  const [ours = ''] = names;
  return {
    name: 'engine',
    title: 'The engine on one core: the taxi network, 21 layers',
    isQuick,
    tables: [
      rateTable(rates, names),
      productTable(rates, ours, products.name, productFlops(network)),
      await startUpTable(folder, files, effort.starts),
    ],
    plots: [
      {
        name: 'items',
        title: 'Items per second of one core',
        kind: 'lines',
        xTitle: 'batch size',
        yTitle: 'items/s',
        xScale: 'log',
        yScale: 'log',
        points: pointsOf(rates, names),
      },
    ],
    notes: [
      `Every engine has one thread and runs in turn with the others in slices of ${effort.sliceS} s of processor time; the figures are medians of ${effort.rounds}.`,
      'Before that, ONNX Runtime gave the same best cells as ours, and all scores within 1e-4.',
      'The products are those of the steps of each GRU, [B, inputs + units] × [inputs + units, 3 · units], and of the last layer. What the network does beside them (sigmoid, tanh, normalisation, softmax, the best cells) counts as no operation.',
      ...(names.includes('Keras')
        ? ['Keras is predict_on_batch on TensorFlow, in a process of its own.']
        : ['Keras is left out: python3 has no keras with TensorFlow here.']),
    ],
  };
}
