import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import type { JudgedLetter } from '../../fault/decode.js';
import { judge, type Judgement, type Law } from '../../fault/judge.js';
import { projectDir } from '../../../src/project-dir.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { lineGrid } from '../observe/line-grid.js';
import { predictLine, rules, third } from '../observe/toy-run.js';
import { printedAndRead, type RecordToPrint } from './console-text.js';
import { lines, type FixLine } from './fix-lines.js';

const fixesTopic = 'taxi.fixes';
const stageTopic = 'taxi.p1.stage-2';

/** What a run has left in its topics. */
export interface JudgedRun {
  readonly fixes: readonly RecordToPrint[];
  /** In the order of the topic, each with the lane that it lies in. */
  readonly predictions: readonly WrittenPrediction[];
  readonly letters: readonly JudgedLetter[];
}

/** A prediction, and the record that holds it. */
export interface WrittenPrediction {
  readonly inLane: number;
  readonly key: string;
  /** Null: a record without a value. */
  readonly prediction: Prediction | null;
}

/** The toy network of the referee's tests, which throws at cell 9 and gives no number at cell 8. */
const law: Law = {
  plan: 'p1',
  modelDigest: 'digest',
  rules,
  grid: lineGrid,
  uncut: {
    predict(windows, batch) {
      if (windows.includes(9)) throw new Error('no embedding has the number 9');
      const { cells, probabilities } = predictLine(windows, batch);
      const width = cells.length / batch;
      for (let row = 0; row < batch; row += 1) {
        const window = windows.subarray(row * rules.steps, (row + 1) * rules.steps);
        if (window.includes(8)) probabilities.fill(NaN, row * width, (row + 1) * width);
      }
      return { cells, probabilities };
    },
  },
};

/** Encodes a body as a released schema says, by avsc alone. */
function encoder(file: string): (body: object) => Buffer {
  const read = (path: string): unknown =>
    JSON.parse(readFileSync(join(projectDir(), path), 'utf8'));
  const released = read('test/unit/wire/fixtures/released.json') as Record<
    string,
    { readonly fingerprint: string }
  >;
  const type = avsc.Type.forSchema(read(`schemas/${file}`) as avsc.Schema);
  const header = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(BigInt(`0x${released[file]?.fingerprint ?? ''}`), 2);
  return (body) => Buffer.concat([header, type.toBuffer(body)]);
}

const encodePrediction = encoder('prediction.v2.avsc');
const encodeLetter = encoder('dead-letter.v1.avsc');

/** What the toy network says of a window, by hand: the next cell, and the oldest of the window. */
function predictionOf(
  line: FixLine,
  [oldest, , cell]: readonly [number, number, number],
): Prediction {
  const next = cell + 1;
  return {
    vehicleId: line.vehicle,
    eventTimeMs: line.eventTimeMs,
    cell,
    candidates: [
      { cell: next, latitude: 0, longitude: next + 0.5, probability: third },
      oldest === 0
        ? { cell: 0, latitude: null, longitude: null, probability: 0.125 }
        : { cell: oldest, latitude: 0, longitude: oldest + 0.5, probability: 0.125 },
    ],
    modelDigest: 'digest',
    plan: 'p1',
    lane: line.lane,
    offset: line.offset,
    ingestTimeMs: line.ingestTimeMs,
    predictedTimeMs: line.ingestTimeMs + 40,
    replayOf: null,
  };
}

function recordOf({ lane, offset, ingestTimeMs, key, value }: FixLine): RecordToPrint {
  return { lane, offset, timestampMs: ingestTimeMs, key, value };
}

/** The letter of a fix that the windower gives up. */
export function fixLetter(lane: number, offset: number, code: string): JudgedLetter {
  return { topic: fixesTopic, lane, offset, item: null, code };
}

/** The letter of one item that a stage gives up; the record that it came in has a place of its own. */
export function itemLetter(lane: number, item: number): JudgedLetter {
  return { topic: stageTopic, lane, offset: 500 + item, item, code: 'ITEM_FAILED' };
}

/** The letter of a whole record that a stage gives up. */
export function recordLetter(lane: number, offset: number): JudgedLetter {
  return { topic: stageTopic, lane, offset, item: null, code: 'UNREADABLE' };
}

function lettersOf({ lane, offset, gives }: FixLine): JudgedLetter[] {
  if (gives === 'poisoned') return [itemLetter(lane, offset)];
  if (gives === null || typeof gives !== 'string') return [];
  return [fixLetter(lane, offset, gives)];
}

/** A run in which nothing went wrong. */
export const soundRun: JudgedRun = {
  fixes: lines.map(recordOf),
  predictions: lines.flatMap((line) => {
    const { gives, lane, vehicle } = line;
    if (gives === null || typeof gives === 'string') return [];
    return [{ inLane: lane, key: vehicle, prediction: predictionOf(line, gives) }];
  }),
  letters: lines.flatMap(lettersOf),
};

function bodyOf(prediction: Prediction): Buffer {
  const { eventTimeMs, ingestTimeMs, predictedTimeMs, ...same } = prediction;
  const times = {
    eventTime: eventTimeMs,
    ingestTime: ingestTimeMs,
    predictedTime: predictedTimeMs,
  };
  return encodePrediction({ ...same, ...times });
}

function letterOf(letter: JudgedLetter): Buffer {
  const rest = { message: 'It can’t be.', time: 1, key: null, value: null };
  return encodeLetter({ ...letter, ...rest, headers: [], truncatedFromBytes: null });
}

/**
 * Has a part of the run judged: of lane 0 the fixes 102 … 109, of lane 1 those up to 12. What its
 * topics hold goes through the text that the console consumer prints.
 */
export async function judgementOf(changed: Partial<JudgedRun>): Promise<Judgement> {
  const { fixes, predictions, letters } = { ...soundRun, ...changed };
  const inTopic = (at: number): Pick<RecordToPrint, 'offset' | 'timestampMs'> => ({
    // Commit markers take every second place.
    offset: 2 * at,
    timestampMs: 1_700_000_100_000 + at,
  });
  return judge(
    {
      lanes: 2,
      fixesTopic,
      fixes: fixes.map(printedAndRead),
      predictions: predictions.map(({ inLane, key, prediction }, at) => {
        const value = prediction === null ? null : bodyOf(prediction);
        return printedAndRead({ ...inTopic(at), lane: inLane, key, value });
      }),
      deadLetters: letters.map((letter, at) =>
        printedAndRead({ ...inTopic(at), lane: letter.lane, key: null, value: letterOf(letter) }),
      ),
      acknowledged: new Map(lines.map(({ lane, offset, value }) => [`${lane} ${offset}`, value])),
      planStart: [100, 0],
      from: [102, 0],
      to: [110, 12],
    },
    law,
  );
}
