import type { TrainingProgress } from './checkpoint.js';
import type { FixesData } from './fixes-data.js';
import type { HitRates } from './hits.js';
import type { NetworkShape } from './parameters.js';

/** A simulated fleet that data came from. */
export interface FleetData {
  readonly seed: string;
  readonly vehicles: number;
  readonly from: string;
  readonly to: string;
  readonly fixes: number;
  /** Cells entered. */
  readonly items: number;
  /** Cells entered whose successor is known. */
  readonly transitions: number;
}

/** Simulated movement that a model was made from. */
export interface SimulatedData {
  readonly kind: 'fleet';
  readonly training: readonly FleetData[];
  readonly validation: FleetData;
  readonly test: FleetData;
}

/** What a model was made from, how, and how good it is. Written by the run that made it. */
export interface ModelCard {
  readonly name: string;
  /** SHA-256 that names the model: see `modelDigest`. */
  readonly digest: string;
  readonly trainedAt: string;
  readonly grid: { readonly name: string; readonly version: number; readonly cellSizeM: number };
  readonly network: NetworkShape & { readonly parameters: number };
  readonly training: {
    readonly command: string;
    readonly seed: number;
    readonly batch: number;
    readonly peakLearningRate: number;
    readonly warmUpSteps: number;
    readonly steps: number;
    readonly epochs: number;
    readonly seconds: number;
    readonly end: string;
    readonly bestValidationTop1: number | null;
    readonly validations: TrainingProgress['validations'];
  };
  readonly data: SimulatedData | FixesData;
  /** All on every item of the test vehicles whose truth is known. */
  readonly accuracy: {
    readonly model: HitRates;
    readonly firstOrderMarkov: HitRates;
    readonly secondOrderMarkov: HitRates;
  };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function accuracyRow(name: string, rates: HitRates): string[] {
  return [name, percent(rates.top1), percent(rates.top3), percent(rates.top5)];
}

function fleetRow(name: string, fleet: FleetData): string[] {
  const { seed, vehicles, from, to, items } = fleet;
  return [name, `\`${seed}\``, thousands(vehicles), from, to, thousands(items)];
}

/** Whose movement it is, as a paragraph. */
function originOf(data: ModelCard['data']): string {
  if (data.kind === 'fleet') {
    return "**The movement is simulated.** The taxis that this network learned from, and those that it was tested on, drive in Stagecoach's own simulator: real roads, real demand, real boundaries, but no real taxi's trace. Its accuracy says how well it predicts simulated taxis, not real ones.";
  }
  const terms = data.terms === undefined ? '' : ` Terms: ${data.terms}.`;
  return `**The movement is real**, outliers included. Source: ${data.source}.${terms} No vehicle of the test was seen in training.`;
}

function dataTable(data: ModelCard['data']): string {
  if (data.kind === 'fleet') {
    return table([
      ['', 'fleet seed', 'taxis', 'from', 'to', 'cells entered'],
      ...data.training.map((fleet) => fleetRow('training', fleet)),
      fleetRow('validation', data.validation),
      fleetRow('test', data.test),
    ]);
  }
  return table([
    ['', 'vehicles', 'from', 'to', 'fixes', 'cells entered'],
    ...(['training', 'validation', 'test'] as const).map((name) => {
      const { vehicles, from, to, fixes, items } = data[name];
      return [name, thousands(vehicles), from, to, thousands(fixes), thousands(items)];
    }),
  ]);
}

/** The card as a page for people. */
export function cardMarkdown(card: ModelCard): string {
  const { grid, network, training, data, accuracy } = card;
  const best = training.bestValidationTop1;
  return `# Model card: ${card.name}

Predicts the next ${grid.cellSizeM} m cell of the grid \`${grid.name}\` (version ${grid.version}) that a taxi enters, from the last ${network.steps} cells that it entered. Digest \`${card.digest}\`, trained ${card.trainedAt}. This page and \`card.json\` were written by the command that trained it.

${originOf(data)}

## Accuracy

On all ${thousands(accuracy.model.items)} cells of the test vehicles whose next cell is known, with the windows that the live windower makes, through the inference engine. The baselines are fitted on the same training data and tested on the same cells.

${table([
  ['', 'top-1', 'top-3', 'top-5'],
  accuracyRow('this network', accuracy.model),
  accuracyRow('most frequent next cell (first-order Markov)', accuracy.firstOrderMarkov),
  accuracyRow('second-order Markov with back-off', accuracy.secondOrderMarkov),
])}

## Data

${dataTable(data)}

## Network and training

Embedding of ${thousands(network.cells)} cells (cell 0 is outside and padding), ${network.depth} GRUs of ${network.units} units with layer normalisation and dropout ${network.dropout} between them, softmax over the cells: ${thousands(network.parameters)} parameters.

- ${thousands(training.steps)} steps of ${training.batch} windows (${training.epochs.toFixed(1)} epochs) in ${thousands(training.seconds)} s on one core; ended by: ${training.end}.
- Adam, learning rate up to ${training.peakLearningRate} after ${training.warmUpSteps} steps, then half a cosine; cross-entropy at every time step; gradients clipped to length 1; seed ${training.seed}.
- The weights are those of the best validation${best === null ? '' : ` (top-1 ${percent(best)} on a sample of the validation data)`}.

Made by:

\`\`\`sh
${training.command}
\`\`\`
`;
}
