import { cutsOf } from '../partition/plan-file.js';
import type { Goal } from '../partition/planner/plan-request.js';
import { workersOf, type PlannedRun } from '../partition/planner/planned-run.js';
import type { PlanTable } from '../partition/planner/plan-table.js';
import { counted, formatCount, formatMean, formatMs } from './figures.js';

/** What a plan was asked for, as far as its words need it. */
export interface PlanWish {
  readonly goal: Goal;
  /** The rate that is to be reached; null where none was named. */
  readonly ratePerS: number | null;
  /** The best plan, where another strategy made the chosen one; null else. */
  readonly optimal: PlannedRun | null;
}

/** The nodes of a stage's workers in words: `server × 2, pi-1`. */
export function nodeList(nodes: readonly string[]): string {
  const workers = new Map<string, number>();
  for (const node of nodes) workers.set(node, (workers.get(node) ?? 0) + 1);
  return [...workers]
    .map(([node, count]) => (count === 1 ? node : `${node} × ${count}`))
    .join(', ');
}

/** Joules as people compare them here: `4.2 µJ`. */
export function formatEnergy(joules: number): string {
  return `${formatMean(joules * 1e6)} µJ`;
}

/** How far one figure is from another: `1.31`. */
function times(a: number, b: number): string {
  return (a / b).toFixed(2);
}

/** A run in words: `3 workers, cut before layers 7 and 14`. */
export function describeRun(run: PlannedRun): string {
  const nodes = counted(workersOf(run), 'worker');
  const cuts = cutsOf(run);
  if (cuts.length > 0) return `${nodes}, cut before ${layerList(cuts)}`;
  return workersOf(run) === 1 ? `${nodes}, uncut` : `${nodes} with a whole model each`;
}

/** `layer 7`, `layers 7 and 14`, `layers 3, 7 and 14`. */
export function layerList(layers: readonly number[]): string {
  const last = layers.at(-1) ?? 0;
  if (layers.length < 2) return `layer ${last}`;
  return `layers ${layers.slice(0, -1).join(', ')} and ${last}`;
}

const whyChosen: Readonly<Record<Goal, string>> = {
  throughput: 'the highest throughput',
  latency: 'the lowest latency',
  nodes: 'the fewest workers',
  energy: 'the least energy an item',
};

/**
 * What a person is to know of a plan, one sentence or two a paragraph: what was chosen and why,
 * whether it is better not to cut, and what an even cut would have done.
 */
export function planSentences(table: PlanTable, wish: PlanWish): readonly string[] {
  return [
    wish.optimal === null ? chosenSentence(table, wish) : wantedSentence(table, wish.optimal, wish),
    ...uncutSentences(table, wish),
    ...evenSentences(table, wish),
    ...proofSentences(table),
  ];
}

function proofSentences({ proof }: PlanTable): readonly string[] {
  if (proof === 'complete') return [];
  if (proof === 'kindsMerged') {
    return [
      'The nodes are of many kinds, and similar ones were taken for alike: a better plan may exist.',
    ];
  }
  return ['The search for a better plan took too long and was given up: one may exist.'];
}

function chosenSentence({ chosen }: PlanTable, { goal, ratePerS }: PlanWish): string {
  const rate = ratePerS === null ? '' : ` that make ${formatCount(ratePerS)} items/s`;
  const of = goal === 'nodes' || rate === '' ? rate : ` of the plans${rate}`;
  return `Chosen: ${withFigures(chosen)}: ${whyChosen[goal]}${of}. ${limitSentence(chosen)}`;
}

/** Of a plan that a person wanted, though another may be better. */
function wantedSentence({ chosen }: PlanTable, optimal: PlannedRun, { goal }: PlanWish): string {
  const ratio = advantage(goal, optimal, chosen);
  const beside =
    ratio > 1.005
      ? `The best plan, ${describeRun(optimal)}, is ${ratio.toFixed(2)} × as good by the goal "${goal}".`
      : 'No plan is better.';
  return `As asked for (${chosen.strategy}): ${withFigures(chosen)}. ${beside} ${limitSentence(chosen)}`;
}

function withFigures(run: PlannedRun): string {
  const { itemsPerS, latencyMs, energyJPerItem } = run;
  const figures = `${formatMean(itemsPerS)} items/s, ${formatMs(latencyMs)}, ${formatEnergy(energyJPerItem)} an item`;
  return `${describeRun(run)} (${figures})`;
}

function limitSentence({ bottleneck, stages }: PlannedRun): string {
  const limit = stages[bottleneck - 1]?.limit ?? 'processor';
  const where = stages.length === 1 ? 'The' : `Stage ${bottleneck}'s`;
  return `${where} ${limit} is what holds it back.`;
}

/** How much better a run is than another by what is wished for: over 1 is better. */
function advantage(goal: Goal, run: PlannedRun, other: PlannedRun): number {
  if (goal === 'latency') return other.latencyMs / run.latencyMs;
  if (goal === 'energy') return other.energyJPerItem / run.energyJPerItem;
  return run.itemsPerS / other.itemsPerS;
}

/** What is compared where runs are set against each other. */
function compared(goal: Goal, run: PlannedRun, other: PlannedRun): string {
  if (goal === 'latency') {
    return `takes ${times(run.latencyMs, other.latencyMs)} × the time of the best cut`;
  }
  if (goal === 'energy') {
    return `takes ${times(run.energyJPerItem, other.energyJPerItem)} × the energy of the best cut`;
  }
  return `does ${times(run.itemsPerS, other.itemsPerS)} × the best cut`;
}

/** Says plainly where copies of the whole model or a single node are no worse than every cut. */
function uncutSentences(
  { single, replicated, bestCut, byNodeCount }: PlanTable,
  { goal }: PlanWish,
): readonly string[] {
  if (single === null && replicated === null) {
    return ["The whole model fits into no node's memory: it has to be cut."];
  }
  if (bestCut === null) {
    const one = byNodeCount.length === 1;
    return [one ? 'One worker is too few for a cut.' : 'No cut fits into these nodes.'];
  }
  const sentences: string[] = [];
  if (replicated !== null && workersOf(replicated) > 1) {
    const better = advantage(goal, replicated, bestCut);
    const copies = counted(workersOf(replicated), 'whole copy', 'whole copies');
    const plural = compared(goal, replicated, bestCut)
      .replace(/^does/, 'do')
      .replace(/^takes/, 'take');
    if (better >= 1) sentences.push(`${copies} ${plural}: don't cut.`);
    else sentences.push(cutsPay(goal, bestCut, replicated, copies));
  }
  if (single !== null) {
    const better = advantage(goal, single, bestCut);
    if (better >= 1) {
      sentences.push(`One worker by itself ${compared(goal, single, bestCut)}: don't cut.`);
    } else if (sentences.length === 0) {
      sentences.push(cutsPay(goal, bestCut, single, 'one worker by itself'));
    }
  }
  return sentences;
}

function cutsPay(goal: Goal, bestCut: PlannedRun, other: PlannedRun, what: string): string {
  const figure = advantage(goal, bestCut, other).toFixed(2);
  if (goal === 'latency') return `The best cut is ${figure} × as fast as ${what}.`;
  if (goal === 'energy') return `The best cut does ${figure} × as much with its energy as ${what}.`;
  return `The best cut does ${figure} × what ${what} would.`;
}

function evenSentences({ chosen, even }: PlanTable, { goal }: PlanWish): readonly string[] {
  const count = workersOf(chosen);
  const run = even[count - 1] ?? null;
  if (count < 2 || chosen.strategy === 'even') return [];
  const nodes = counted(count, 'worker');
  if (run === null) return [`An even cut does not fit into ${nodes}.`];
  const cuts = cutsOf(run);
  const where = cuts.length === 0 ? 'uncut' : `before ${layerList(cuts)}`;
  const figures = `${formatMean(run.itemsPerS)} items/s and ${formatMs(run.latencyMs)}`;
  return [
    `An even cut over ${nodes} (${where}) would do ${figures}: ${besides(goal, chosen, run)}.`,
  ];
}

/** What a plan is beside an even cut. */
function besides(goal: Goal, plan: PlannedRun, run: PlannedRun): string {
  if (goal === 'latency')
    return `the plan takes ${times(plan.latencyMs, run.latencyMs)} × that time`;
  if (goal === 'energy') {
    return `the plan takes ${times(plan.energyJPerItem, run.energyJPerItem)} × its energy`;
  }
  return `the plan does ${times(plan.itemsPerS, run.itemsPerS)} × that`;
}
