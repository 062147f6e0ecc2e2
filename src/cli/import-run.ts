import { readFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { ConfigError, messageOf } from '../errors.js';
import { Grid } from '../geo/grid.js';
import { importModel } from '../model/import/import-model.js';
import { saveModelFiles } from '../model/model-files.js';
import type { ImportedLayer, ImportedModel } from '../model/import/import-model.js';
import type { ImportFlags } from './import.js';

async function readGrid(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new ConfigError(`--grid ${path} can't be read: ${messageOf(cause)}`, cause);
  }
  Grid.read(bytes);
  return bytes;
}

function rowOf({ name, className, outputShape, weightCount, route }: ImportedLayer): string[] {
  const sizes = outputShape.slice(1).map((size) => String(size ?? '?'));
  const weights = weightCount === 0 ? '' : weightCount.toLocaleString('en');
  return [name, className, sizes.join(' × '), weights, route ?? ''];
}

/** What became of models within the model. */
function describeModels({ takenApart, renamed }: ImportedModel): string[] {
  const lines = takenApart.map(
    ({ name, className, layerCount }) =>
      `The model ${name} (${className}) is taken apart: its layers, ${layerCount}, are those called ${name}/… .`,
  );
  return [
    ...lines,
    ...renamed.map(({ from, to }) => `${from} is called ${to}, for another one has its name.`),
  ];
}

/** A table of the layers, and what there is to say of them. */
function describeImport(model: ImportedModel, out: string): string {
  const { format, layers, refusal } = model;
  const table = new Table({
    head: ['layer', 'class', 'output', 'weights', 'route'],
    colAligns: ['left', 'left', 'left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...layers.map(rowOf));
  const weightCount = layers.reduce((sum, layer) => sum + layer.weightCount, 0);
  const lines = [
    table.toString(),
    `${format}: ${layers.length} layers with ${weightCount.toLocaleString('en')} weights, written to ${out}.`,
    ...describeModels(model),
  ];
  if (layers.some(({ route }) => route === 'tfjs')) {
    lines.push(
      'tfjs-layers computes those of the route "tfjs": correct, but several times slower.',
    );
  }
  if (refusal !== null) lines.push(`Stagecoach can't run it as it is: ${refusal}`);
  return lines.join('\n');
}

/** Imports a model, and shows its layers. */
export async function runImport(source: string, { out, grid }: ImportFlags): Promise<void> {
  const gridBytes = grid === undefined ? undefined : await readGrid(grid);
  const model = await importModel(source, gridBytes);
  await saveModelFiles(model.files, out);
  process.stdout.write(`${describeImport(model, out)}\n`);
}
