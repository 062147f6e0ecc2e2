import type { WindowRules } from '../../src/geo/windows.js';
import { Referee, type RefereeOptions } from '../../src/observe/referee.js';
import type { UncutModel } from '../../src/observe/uncut-model.js';
import type { Prediction } from '../../src/wire/prediction.js';
import type { PrintedRecord } from './console-reader.js';
import { decodeLetter, decodePrinted, fixIn } from './decode.js';
import { compareLetters, isOf, lettersDue, type JudgedFix, type LanePart } from './letters.js';

/** What a judgement rests on: what the Java client reads, and what the brokers have acknowledged. */
export interface Evidence {
  readonly lanes: number;
  readonly fixesTopic: string;
  /** Of all of the run, also of what came before the part that is judged. */
  readonly fixes: readonly PrintedRecord[];
  readonly predictions: readonly PrintedRecord[];
  readonly deadLetters: readonly PrintedRecord[];
  /** Values of acknowledged fixes by `lane offset`. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** The first fix of each lane that the plan knows of: its windows begin there. */
  readonly planStart: readonly number[];
  /** The part that is judged, by lane: fixes from … to. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What one judgement has found; every count but the first must be 0. */
export interface Judgement {
  readonly expected: number;
  readonly lost: number;
  readonly repeated: number;
  readonly reordered: number;
  /** Altered, not called for, or dead letters that are missing or without a reason. */
  readonly wrong: number;
  /** Items that the network can't digest, each with its dead letter. */
  readonly poisoned: number;
  /** In words, the first few of what is wrong. */
  readonly faults: readonly string[];
}

/** Whether nothing is lost, repeated, reordered or wrong, and something was made. */
export function isSound(found: Omit<Judgement, 'poisoned'>): boolean {
  return found.lost + found.repeated + found.reordered + found.wrong === 0 && found.expected > 0;
}

/** The laws by which is judged. */
export interface Law extends Omit<RefereeOptions, 'predict'> {
  readonly rules: WindowRules;
  readonly uncut: Pick<UncutModel, 'predict'>;
}

const examples = 5;

/**
 * Judges a part of a run. What must have come out is computed from the fixes alone, in this process,
 * by the uncut network and a second statement of the rules; what has come out is what the console
 * consumer of Apache Kafka printed.
 */
export async function judge(evidence: Evidence, law: Law): Promise<Judgement> {
  const { uncut } = law;
  const predict: RefereeOptions['predict'] = (windows, batch) => uncut.predict(windows, batch);
  const referee = new Referee({ ...law, predict });
  const faults: string[] = [];
  let lost = lostFixes(evidence, faults);
  const letters = evidence.deadLetters.filter(hasValue).map(decodeLetter);
  let wrong = 0;
  let poisoned = 0;
  for (let lane = 0; lane < evidence.lanes; lane += 1) {
    const fixes = fixesOf(evidence, lane);
    const part = { lane, from: evidence.from[lane] ?? 0, to: evidence.to[lane] ?? 0 };
    const written = evidence.predictions
      .filter((record) => record.lane === lane && hasValue(record))
      .map((record) => ({ key: record.key, prediction: decodePrinted(record) }));
    const otherKeys = compareKeys(written, part);
    wrong += otherKeys.length;
    faults.push(...otherKeys);
    const due = lettersDue(law, part.from, fixes);
    poisoned += due.failed.size;
    const inPart = letters.filter((letter) => isOf(evidence.fixesTopic, letter, part));
    const differences = compareLetters(evidence.fixesTopic, due, inPart);
    wrong += differences.length;
    faults.push(...differences.map((text) => `lane ${lane}: ${text}`));
    await referee.judge({
      lane,
      judgeFrom: part.from,
      judgeTo: part.to,
      fixes,
      predictions: written.map(({ prediction }) => prediction),
      failedOffsets: due.failed,
    });
  }
  const verdict = referee.verdict();
  lost += verdict.missing;
  wrong += verdict.altered + verdict.unexpected;
  return {
    expected: verdict.expected,
    lost,
    repeated: verdict.repeated,
    reordered: verdict.outOfOrder,
    wrong,
    poisoned,
    faults: [...faults.slice(0, examples), ...verdict.faults.map(({ text }) => text)],
  };
}

/** What the brokers have acknowledged must be there as it was sent, or the brokers have lost it. */
function lostFixes({ acknowledged, fixes }: Evidence, faults: string[]): number {
  const there = new Map(fixes.map(({ lane, offset, value }) => [`${lane} ${offset}`, value]));
  let lost = 0;
  for (const [place, value] of acknowledged) {
    if (there.get(place)?.toString() === value) continue;
    lost += 1;
    faults.push(`the acknowledged fix at lane and offset ${place} is not in its topic`);
  }
  return lost;
}

/** A prediction's key is its vehicle. */
function compareKeys(
  written: readonly { readonly key: string; readonly prediction: Prediction }[],
  { lane, from, to }: LanePart,
): string[] {
  return written
    .filter(({ prediction: { offset } }) => offset >= from && offset < to)
    .filter(({ key, prediction }) => key !== prediction.vehicleId)
    .map(
      ({ key, prediction: { offset, vehicleId } }) =>
        `lane ${lane}, offset ${offset} has a prediction of vehicle ${vehicleId} with the key ${key}`,
    );
}

function fixesOf({ fixes, planStart, to }: Evidence, lane: number): JudgedFix[] {
  const [first, end] = [planStart[lane] ?? 0, to[lane] ?? 0];
  return fixes
    .filter((record) => record.lane === lane && record.offset >= first && record.offset < end)
    .sort((a, b) => a.offset - b.offset)
    .map((record) => ({
      offset: record.offset,
      ingestTimeMs: record.timestampMs,
      fix: fixIn(record),
      sentItem: null,
      replayOf: null,
      isKeyless: record.key === 'null',
    }));
}

/** Records without one only mark a place. */
function hasValue({ value }: PrintedRecord): boolean {
  return value.toString() !== 'null';
}
