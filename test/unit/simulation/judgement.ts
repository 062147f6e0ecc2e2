import { Referee } from '../../../src/observe/referee.js';
import type { Verdict } from '../../../src/observe/verdict.js';
import { decodePrediction } from '../../../src/wire/prediction.js';
import {
  decodeTensorBatch,
  type Covers,
  type ItemHeader,
  type TensorBatch,
} from '../../../src/wire/tensor-batch.js';
import { smallCity } from '../geo/small-city-grid.js';
import { owedIn, recordsOf } from './owed.js';
import { lanes, plan, topics } from './plan.js';
import { failureOf, predictUncut } from './row-models.js';
import { unreadable } from './traffic.js';
import type { World } from './world.js';

/** The referee of `stagecoach verify` on what a reader of committed records sees. */
export async function verdictOn(world: World): Promise<Verdict> {
  const { rules, modelDigest, name } = plan;
  const referee = new Referee({
    plan: name,
    modelDigest,
    rules,
    grid: smallCity,
    predict: predictUncut,
  });
  for (const lane of lanes) {
    const owed = owedIn(world, lane);
    await referee.judge({
      lane,
      fixes: owed.map(({ record: { offset, timestampMs }, owed: it }) => ({
        offset,
        ingestTimeMs: timestampMs,
        fix: 'fix' in it && it.kind === 'item' ? it.fix : null,
      })),
      predictions: recordsOf(world, topics.predictions, lane).map(({ value }) =>
        decodePrediction(value ?? Buffer.alloc(0)),
      ),
      failedOffsets: new Set(
        owed.flatMap(({ record, owed: it }) => {
          return it.kind === 'item' && failureOf(it.item.window) !== null ? [record.offset] : [];
        }),
      ),
    });
  }
  return referee.verdict();
}

/** A record between the workers, as its reader sees it after what it saw before. */
export interface ImageRecord {
  readonly covers: Covers;
  readonly items: readonly ItemHeader[];
}

/** What a lane of a topic between the workers says, each fix once. */
export interface LaneImage {
  readonly records: readonly ImageRecord[];
  /** Records that begin after the ones before end. */
  readonly gaps: readonly Covers[];
  /** Records that say, in part or in whole, what was said before. */
  readonly overlaps: readonly Covers[];
}

/** Reads a lane of a topic between the workers by the rule of coverage, said independently. */
export function imageOf(world: World, topic: string, lane: number): LaneImage {
  const records: ImageRecord[] = [];
  const gaps: Covers[] = [];
  const overlaps: Covers[] = [];
  let position = 0;
  for (const { covers, items } of batchesIn(world, topic, lane)) {
    if (covers.from > position) gaps.push(covers);
    if (covers.from < position) overlaps.push(covers);
    if (covers.to <= position) continue;
    const from = Math.max(position, covers.from);
    records.push({
      covers: { from, to: covers.to },
      items: items.filter(({ offset }) => offset >= from),
    });
    position = covers.to;
  }
  return { records, gaps, overlaps };
}

function batchesIn(world: World, topic: string, lane: number): TensorBatch[] {
  return recordsOf(world, topic, lane).flatMap(({ value }) => {
    return value === null || value.equals(unreadable) ? [] : [decodeTensorBatch(value)];
  });
}
