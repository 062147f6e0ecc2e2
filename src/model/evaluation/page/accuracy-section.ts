import { baselineNames } from '../figures.js';
import {
  metresEstimate,
  percent,
  percentEstimate,
  pointsEstimate,
  table,
  thousands,
} from './markdown.js';
import type { ModelCard } from '../../training/card.js';
import type { Accuracy, BaselineName, Evaluation } from '../figures.js';
import type { DataWords } from './data-section.js';

/** What the baselines are called in tables. */
export const baselineTitles: Readonly<Record<BaselineName, string>> = {
  firstOrderMarkov: 'most frequent next cell (first-order Markov)',
  secondOrderMarkov: 'second-order Markov with back-off',
  keepsDirection: 'keeps its direction',
};

function accuracyRow(name: string, accuracy: Accuracy): string[] {
  const { top1, top3, top5, medianErrorM, meanErrorM } = accuracy;
  return [
    name,
    ...[top1, top3, top5].map(percentEstimate),
    ...[medianErrorM, meanErrorM].map(metresEstimate),
  ];
}

function leadRow(name: BaselineName, leads: Evaluation['leads']): string[] {
  const { top1, beats } = leads[name];
  return [baselineTitles[name], pointsEstimate(top1), beats ? 'yes' : 'no'];
}

/** Says which baselines the network beats, as computed. */
export function verdictText(leads: Evaluation['leads']): string {
  const beaten = baselineNames.filter((name) => leads[name].beats);
  const others = baselineNames.filter((name) => !leads[name].beats);
  const titles = (names: readonly BaselineName[]): string =>
    names.map((name) => baselineTitles[name]).join(', ');
  if (others.length === 0) return '**The network beats every baseline in top-1.**';
  if (beaten.length === 0) return '**The network beats no baseline in top-1.**';
  return `**In top-1 the network beats ${titles(beaten)}; it does not beat ${titles(others)}.**`;
}

/** Of fewer vehicles than that, percentile intervals are clearly too short. */
const fewVehicles = 20;

function fewVehiclesText(vehicles: number, words: DataWords): string {
  return vehicles >= fewVehicles
    ? ''
    : ` **With so few ${words.vehicles} the intervals are too short**: take them as a lower bound of the uncertainty.`;
}

function withoutPlaceText({ accuracy }: Evaluation): string {
  const { itemsWithoutPlace } = accuracy.model;
  return itemsWithoutPlace === 0
    ? ''
    : ` ${thousands(itemsWithoutPlace)} of the network's predictions have no such distance, since cell 0 (outside) is the best cell or the true one; they are left out of it.`;
}

function ceilingText({ ceiling, accuracy }: ModelCard): string {
  if (ceiling === null) return '';
  const { what, top1, top3, top5 } = ceiling;
  const others = [
    ...(top3 === null ? [] : [`top-3 ${percent(top3)}`]),
    ...(top5 === null ? [] : [`top-5 ${percent(top5)}`]),
  ];
  return `

### The ceiling

${what} Top-1 ${percent(top1)}${others.map((text) => `, ${text}`).join('')}: the network reaches ${percent(accuracy.model.top1.value / top1)} of that top-1.`;
}

/** The accuracy of network and baselines, and which of them it beats. */
export function accuracyText(card: ModelCard, words: DataWords): string {
  const { accuracy, leads, bootstrap, items, vehicles } = card;
  return `On all ${thousands(items)} cells of ${words.test} whose next cell is known, with the windows that the live windower makes, through the inference engine. The baselines are fitted on ${words.training} and tested on the same cells; "keeps its direction" goes on from the cell before and the current one, and ranks cells by their distance to where that leads.

${table([
  ['', 'top-1', 'top-3', 'top-5', 'median error', 'mean error'],
  accuracyRow('this network', accuracy.model),
  ...baselineNames.map((name) => accuracyRow(baselineTitles[name], accuracy[name])),
])}

In brackets: 95 % intervals, by a bootstrap over the ${thousands(vehicles)} ${words.vehicles} (${thousands(bootstrap.replicates)} replicates, seed ${bootstrap.seed}).${fewVehiclesText(vehicles, words)} Errors are the distances from the best cell's centre to the true cell's; the median is 0 m where at least half of the best cells are the true ones.${withoutPlaceText(card)}

${table([
  ['the network against', 'top-1, percentage points', 'beats it'],
  ...baselineNames.map((name) => leadRow(name, leads)),
])}

Differences are paired: both are judged on the same drawn ${words.vehicles}. "Beats" means that the two intervals of top-1 don't meet and that of the difference is above 0. ${verdictText(leads)}${ceilingText(card)}`;
}
