import { cellText, table, thousands } from './markdown.js';
import type { CardData, FixesData, FixesPart, FleetData } from '../../training/card.js';

/** How a card's sentences name what is in its data. */
export interface DataWords {
  /** Of whom cells are predicted: `taxi`. */
  readonly vehicle: string;
  readonly vehicles: string;
  /** What the model was tested on: `the test fleet`. */
  readonly test: string;
  readonly validation: string;
  /** What the baselines are fitted on. */
  readonly training: string;
}

/** The words for a kind of data. */
export function wordsFor(data: CardData): DataWords {
  const isFleet = data.kind === 'fleet';
  return {
    vehicle: isFleet ? 'taxi' : 'vehicle',
    vehicles: isFleet ? 'taxis' : 'vehicles',
    test: isFleet ? 'the test fleet' : 'the test vehicles',
    validation: isFleet ? 'the validation fleet' : 'the validation vehicles',
    training: isFleet ? 'the same training fleets' : 'the same training vehicles',
  };
}

/** Whether anybody drove what the model learned from. */
export function movementNotice(data: CardData): string {
  if (data.kind === 'fleet') {
    return `**The movement is simulated.** The taxis that this network learned from, and those that it was tested on, drive in Stagecoach's own simulator: real roads, real demand, real boundaries, but no real taxi's trace. Its accuracy says how well it predicts simulated taxis, not real ones.`;
  }
  return `**The movement is real.** The network learned from recorded fixes, and was tested on those of other vehicles of the same recording, outliers included: ${thousands(data.training.vehicles)} vehicles for training, ${thousands(data.validation.vehicles)} for validation and ${thousands(data.test.vehicles)} for the test, none of them in two parts. Its accuracy says how well it predicts such vehicles at such a time.`;
}

function fleetRow(name: string, fleet: FleetData): string[] {
  const { seed, vehicles, from, to, items } = fleet;
  return [name, `\`${seed}\``, thousands(vehicles), from, to, thousands(items)];
}

function partRow(name: string, part: FixesPart): string[] {
  const { vehicles, from, to, fixes, items, transitions } = part;
  return [
    ...[name, thousands(vehicles), from, to],
    ...[fixes, items, transitions].map((count) => thousands(count)),
  ];
}

/** `12 STALE, 3 IMPLAUSIBLE_JUMP`; `none`. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const texts = Object.entries(counts).map(([code, count]) => `${thousands(count)} ${code}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function fixesText(data: FixesData): string {
  const { source, terms, fileDigest, split, badLines, outside, test } = data;
  const { training, validation, test: tested } = split.percent;
  return `- Source: ${cellText(source)}
- Terms: ${terms === undefined ? 'none are stated' : cellText(terms)}
- File of fixes: SHA-256 \`${fileDigest}\`, unpacked. Lines that are no fixes: ${countsText(badLines)}. Fixes outside of the city's area: ${thousands(outside)}. Fixes of the test vehicles that the windower rejects: ${countsText(test.rejected)}.
- Split by vehicle, ${training} / ${validation} / ${tested} per cent, seed ${split.seed}.

${table([
  ['', 'vehicles', 'from', 'to', 'fixes', 'cells entered', 'with a known next cell'],
  partRow('training', data.training),
  partRow('validation', data.validation),
  partRow('test', test),
])}`;
}

/** What the model was made from and tested on. */
export function dataText(data: CardData): string {
  if (data.kind === 'fixes') return fixesText(data);
  return table([
    ['', 'fleet seed', 'taxis', 'from', 'to', 'cells entered'],
    ...data.training.map((fleet) => fleetRow('training', fleet)),
    fleetRow('validation', data.validation),
    fleetRow('test', data.test),
  ]);
}
