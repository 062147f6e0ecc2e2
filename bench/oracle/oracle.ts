import { defaultRules } from '../../src/geo/windows.js';
import { seededRandom, shuffle } from '../../src/model/training/random.js';
import { loadCity } from '../../src/producer/feeds/fleet/city.js';
import { Random } from '../../src/producer/feeds/fleet/random.js';
import { daejeonGrid, modelFolder } from '../city/real-windows.js';
import type { Baseline } from '../../src/model/training/markov.js';
import type { City } from '../../src/producer/feeds/fleet/city.js';
import type { Grid } from '../../src/geo/grid.js';
import type { Cell, Report, Rows } from '../report/report.js';
import { Habits } from './habits.js';
import { Imagination } from './imagination.js';
import { Oracle, baselineRanking, type Judged } from './judge.js';
import { networkRankings } from './network-rankings.js';
import { nextCell, observedFleet, type ObservedFleet, type ObservedLeg } from './observed-legs.js';
import { scoresOf } from './scores.js';

const hourMs = 3_600_000;
/** As `stagecoach train` has them: the Monday of the training fleets, the noon before the test day. */
const mondayMs = Date.UTC(2024, 2, 3, 15);
const testMs = mondayMs + (11 * 24 + 12) * hourMs;

/** How much is done. */
interface Effort {
  readonly vehicles: number;
  readonly testHours: number;
  /** Of the fleet that habits and baselines are counted in. */
  readonly habitHours: number;
  readonly legs: number;
  readonly worlds: number;
}

const full: Effort = { vehicles: 400, testHours: 24, habitHours: 96, legs: 4_500, worlds: 200 };
const quick: Effort = { vehicles: 20, testHours: 2, habitHours: 3, legs: 12, worlds: 4 };

function fleetOf(
  place: { readonly city: City; readonly grid: Grid },
  fleet: { readonly seed: string; readonly vehicles: number; readonly fromMs: number },
  hours: number,
): ObservedFleet {
  const { seed, vehicles, fromMs } = fleet;
  const times = { startTimeMs: fromMs, endTimeMs: fromMs + hours * hourMs };
  return observedFleet({ seed, vehicles, ...times, city: place.city }, place.grid, defaultRules);
}

/** Legs with something to judge, in random order. */
function sampleLegs({ legs }: ObservedFleet, count: number): ObservedLeg[] {
  const judgeable = legs.filter(({ entries, stood }) =>
    [...entries, ...stood].some((entry) => entry !== null && nextCell(entry) !== null),
  );
  const order = Int32Array.from(judgeable.keys());
  shuffle(order, seededRandom(1));
  return Array.from(order.subarray(0, count), (index) => judgeable[index]).filter(
    (leg) => leg !== undefined,
  );
}

function judgeAll(oracle: Oracle, legs: readonly ObservedLeg[]): Judged[] {
  const begunMs = performance.now();
  return legs.flatMap((leg, index) => {
    if (index % 100 === 99) {
      const leftMs = ((performance.now() - begunMs) / index) * (legs.length - index);
      process.stderr.write(
        `leg ${index + 1} of ${legs.length}, ${Math.round(leftMs / 1000)} s left\n`,
      );
    }
    return oracle.judge(leg);
  });
}

/**
 * How well the next cell of a simulated taxi can be predicted at all: by an oracle that knows the
 * simulator's rules and all that the windower sees, besides when, where and on what errand each
 * drive began; but not where it leads, nor any number that was drawn on the way.
 */
export async function oracle(
  isQuick: boolean,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Report> {
  const effort = { ...(isQuick ? quick : full), ...countsOf(options) };
  const place = { city: loadCity(), grid: daejeonGrid() };
  const { vehicles } = effort;
  const habitFleet = { seed: 'habits-1', vehicles, fromMs: mondayMs };
  const habits = new Habits(fleetOf(place, habitFleet, effort.habitHours));
  const test = fleetOf(place, { seed: 'test-1', vehicles, fromMs: testMs }, effort.testHours);
  const legs = sampleLegs(test, effort.legs);
  const imagination = new Imagination(place.city, place.grid, Random.of('oracle', 'worlds'));
  const begunMs = performance.now();
  const judged = judgeAll(new Oracle(place.city, habits, imagination, effort.worlds), legs);
  const seconds = (performance.now() - begunMs) / 1000;
  const entries = judged.map(({ entry }) => entry);
  const network = await networkRankings(modelFolder, entries, defaultRules.steps);
  return {
    name: 'oracle',
    title: 'The ceiling: predicting simulated taxis that drive by known rules',
    isQuick,
    tables: [accuracyTable(judged, network, habits)],
    plots: [],
    notes: [
      `${legs.length} drives of the test fleet, drawn at random, each driven again in ${effort.worlds} imagined worlds to all destinations at once: ${Math.round(seconds)} s.`,
      'No predictor that sees cells alone can be better than the best one that knows the drives’ beginnings too. That one’s top-1 lies between the oracle’s, which a finite number of worlds makes too low, and what the oracle believes of itself on average, which it makes too high.',
      'Occupied: the cell was entered with a customer in the taxi. Empty: all others, on the way to a rank or to a customer, or while it stood.',
      `The baselines and what follows the end of a drive are counted in a fleet of its own, of ${effort.habitHours} h.`,
    ],
  };
}

function countsOf({ legs, worlds }: Readonly<Record<string, unknown>>): Partial<Effort> {
  return {
    ...(typeof legs === 'number' ? { legs } : {}),
    ...(typeof worlds === 'number' ? { worlds } : {}),
  };
}

function accuracyTable(
  judged: readonly Judged[],
  network: readonly ArrayLike<number>[],
  { markov }: Habits,
): Rows {
  const baseline = (of: Baseline): (readonly number[])[] =>
    judged.map(({ entry }) => baselineRanking(of, entry));
  const predictors: readonly [string, readonly ArrayLike<number>[]][] = [
    ['oracle', judged.map(({ oracle: ranking }) => ranking)],
    ['network of models/daejeon', network],
    ['second-order Markov', baseline(markov.secondOrder)],
    ['first-order Markov', baseline(markov.firstOrder)],
  ];
  const movements: readonly [string, (one: Judged) => boolean][] = [
    ['all', () => true],
    ['occupied', ({ isOccupied }) => isOccupied],
    ['empty', ({ isOccupied }) => !isOccupied],
  ];
  const rows = movements.flatMap(([movement, belongs]) => {
    const chosen = judged.flatMap((one, index) => (belongs(one) ? [{ one, index }] : []));
    const common = { movement, predictions: chosen.length };
    const believed = chosen.reduce((sum, { one }) => sum + one.belief, 0) / chosen.length;
    const belief: Record<string, Cell> = {
      ...common,
      by: 'what the oracle believes',
      'top-1, %': 100 * believed,
    };
    const scores = predictors.map(([by, rankings]) => ({
      ...common,
      by,
      ...scoresOf(
        chosen.map(({ one: { vehicle, truth }, index }) => ({
          vehicle,
          truth,
          ranking: rankings[index] ?? [],
        })),
      ),
    }));
    return [belief, ...scores];
  });
  return {
    title: 'Next cells that were predicted',
    columns: ['movement', 'predictions', 'by', 'top-1, %', '± (95 %)', 'top-3, %', 'top-5, %'],
    rows,
  };
}
