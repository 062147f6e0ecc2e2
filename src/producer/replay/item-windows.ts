import type { BuriedLetter } from '../../broker/dead-letter-log.js';
import { TopicError } from '../../broker/errors.js';
import type { LaneLog } from '../../broker/lane-log.js';
import { batchOf } from '../../broker/lane-start.js';
import { stageTopic } from '../../broker/topics.js';
import { PipelineError } from '../../errors.js';
import { decodeTensorBatch, type TensorBatch } from '../../wire/tensor-batch.js';
import { windowIn, type KnownWindow } from './replayed-window.js';

/** The dead letter of one item that a stage of a plan gave up. */
export interface LostItem {
  readonly letter: BuriedLetter;
  readonly plan: string;
  readonly stage: number;
  /** Offset of its fix. */
  readonly item: number;
}

/** The broker's append time can step back by so much, as when another broker takes over. */
const clockStepMs = 60_000;

/** The item that a dead letter is of; null where it is of something else. */
export function lostItem(letter: BuriedLetter, pipeline: string): LostItem | null {
  const { topic, item } = letter.letter;
  const [, prefix, plan, stage] = /^(.*)\.([^.]+)\.stage-(\d+)$/.exec(topic) ?? [];
  if (item === null || prefix !== pipeline || plan === undefined) return null;
  return { letter, plan, stage: Number(stage), item };
}

/**
 * The windows of lost items, by their letters' ids. The letter of a first stage has it itself; for
 * the others it is read back from what the windower wrote, as long as that is kept. Items whose
 * window is nowhere are absent.
 */
export async function findWindows(
  laneLog: LaneLog,
  pipeline: string,
  items: readonly LostItem[],
  steps: number,
): Promise<Map<string, KnownWindow>> {
  const found = new Map<string, KnownWindow>();
  const places = new Map<string, LostItem[]>();
  for (const lost of items) {
    const own = lost.stage === 1 ? ownWindow(lost, steps) : null;
    if (own !== null) found.set(lost.letter.id, own);
    else {
      const place = `${lost.plan} ${lost.letter.letter.lane}`;
      places.set(place, [...(places.get(place) ?? []), lost]);
    }
  }
  for (const some of places.values()) {
    for (const [id, window] of await readBack(laneLog, pipeline, some, steps)) {
      found.set(id, window);
    }
  }
  return found;
}

function ownWindow({ letter }: LostItem, steps: number): KnownWindow | null {
  const batch = decodedOrNull(letter.letter.value);
  return batch === null ? null : windowOrNull(batch, steps);
}

/** One pass over a lane of what a plan's windower wrote. */
async function readBack(
  laneLog: LaneLog,
  pipeline: string,
  items: readonly LostItem[],
  steps: number,
): Promise<Map<string, KnownWindow>> {
  const found = new Map<string, KnownWindow>();
  const [first] = items;
  if (first === undefined) return found;
  const { lane } = first.letter.letter;
  const topic = stageTopic(pipeline, first.plan, 1);
  const wanted = new Map(items.map((lost) => [lost.item, lost.letter.id]));
  const last = Math.max(...wanted.keys());
  const oldestMs = Math.min(...items.map(({ letter }) => letter.letter.timeMs));
  try {
    const from = (await laneLog.offsetsAt(topic, oldestMs - clockStepMs))[lane] ?? 0;
    for await (const record of laneLog.read(topic, lane, from)) {
      const batch = batchOf(record);
      if (batch === null) continue;
      // Whoever wrote this had accounted for all before it: behind it there is nothing more.
      if (batch.covers.from > last || found.size === wanted.size) break;
      for (const [row, { offset }] of batch.items.entries()) {
        const id = wanted.get(offset);
        const window = id === undefined ? null : windowOrNull(oneItem(batch, row), steps);
        if (id !== undefined && window !== null) found.set(id, window);
      }
    }
  } catch (error) {
    // The topics of a plan that nobody runs any more may be deleted.
    if (!(error instanceof TopicError)) throw error;
  }
  return found;
}

/** A batch's item with its rows, by itself. */
function oneItem(batch: TensorBatch, row: number): TensorBatch {
  const tensors = batch.tensors.map((tensor) => {
    const [, ...itemShape] = tensor.shape;
    const width = itemShape.reduce((product, size) => product * size, 1);
    const data = tensor.data.slice(row * width, (row + 1) * width);
    return { ...tensor, shape: [1, ...itemShape], data };
  });
  return { ...batch, items: batch.items.slice(row, row + 1), tensors };
}

function decodedOrNull(value: Buffer | null): TensorBatch | null {
  try {
    return value === null ? null : decodeTensorBatch(value);
  } catch (error) {
    if (error instanceof PipelineError) return null;
    throw error;
  }
}

/** What the windower wrote fits its grid: only its form is looked at. */
function windowOrNull(batch: TensorBatch, steps: number): KnownWindow | null {
  try {
    return windowIn(batch, { steps, cellCount: Infinity });
  } catch (error) {
    if (error instanceof PipelineError) return null;
    throw error;
  }
}
