import type { BuriedLetter } from '../../broker/dead-letter-log.js';
import { laneOf } from '../../broker/lane-of.js';
import type { Replay } from '../../broker/replay-transactions.js';
import { PipelineError } from '../../errors.js';
import { checkFix, type GeoFix } from '../../geo/fix.js';
import type { WindowRules } from '../../geo/windows.js';
import { decodeGeoFixRecord, encodeGeoFix } from '../../wire/geo-fix.js';
import { encodeTensorBatch } from '../../wire/tensor-batch.js';
import { replayedWindowBatch, type KnownWindow } from './replayed-window.js';

/** What becomes of a dead letter that is asked for. */
export type Judgement =
  | { readonly kind: 'send'; readonly letter: BuriedLetter; readonly replay: Replay }
  | { readonly kind: 'refused'; readonly letter: BuriedLetter; readonly reason: string };

/** What decides whether a fix may go again. */
export interface FixJudging {
  readonly lanes: number;
  readonly rules: Pick<WindowRules, 'maxFutureMs'>;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Whether fixes go too that their vehicle has most probably left behind. */
  readonly force: boolean;
}

const isLeftBehind: Readonly<Record<string, string>> = {
  FIX_TOO_LATE: 'its vehicle has gone on since',
  FIX_NOT_PLAUSIBLE: 'it is as far from where its vehicle was as before',
};

/** Whether the dead letter of a fix goes again as it was, or a repaired fix in its place. */
export function judgeFix(
  letter: BuriedLetter,
  repair: GeoFix | undefined,
  judging: FixJudging,
): Judgement {
  if (repair !== undefined) {
    return sent(letter, repair.vehicleId, encodeGeoFix(repair), judging.lanes);
  }
  const { value, truncatedFromBytes } = letter.letter;
  if (truncatedFromBytes !== null) {
    const kept = `the letter holds only the beginning of its ${truncatedFromBytes} bytes`;
    return refused(letter, `${kept}: send it repaired`);
  }
  const fix = readFix(value);
  if (typeof fix === 'string') return refused(letter, `${asSentence(fix)} Send it repaired.`);
  const why = whyNot(letter, fix, judging);
  if (why !== null) return refused(letter, why);
  return sent(letter, fix.vehicleId, value ?? Buffer.alloc(0), judging.lanes);
}

/** Sends the item of a dead letter once more, with the window that it had. */
export function sendItem(
  letter: BuriedLetter,
  known: KnownWindow,
  { plan, lanes }: { readonly plan: string; readonly lanes: number },
): Judgement {
  const batch = replayedWindowBatch(known, { plan, of: known.item.offset });
  return sent(letter, known.item.key, encodeTensorBatch(batch), lanes);
}

export function refused(letter: BuriedLetter, reason: string): Judgement {
  return { kind: 'refused', letter, reason };
}

function sent(letter: BuriedLetter, key: string, value: Buffer, lanes: number): Judgement {
  const { headers } = letter.letter;
  const record = { key, value, headers };
  const where = { letterLane: letter.lane, lane: laneOf(key, lanes) };
  return { kind: 'send', letter, replay: { id: letter.id, ...where, record } };
}

/** The fix, or why it is none. */
function readFix(value: Buffer | null): GeoFix | string {
  if (value === null) return 'it has no value.';
  try {
    const checked = checkFix(decodeGeoFixRecord(value));
    return checked.ok ? checked.fix : checked.message;
  } catch (error) {
    if (error instanceof PipelineError) return error.message;
    throw error;
  }
}

function whyNot({ letter }: BuriedLetter, fix: GeoFix, judging: FixJudging): string | null {
  const key = letter.key?.toString() ?? '';
  if (key !== '' && key !== fix.vehicleId) {
    return `its key is "${key.slice(0, 100)}" and its vehicleId "${fix.vehicleId}": send it repaired`;
  }
  if (judging.force) return null;
  const leftBehind = isLeftBehind[letter.code];
  if (leftBehind !== undefined) {
    return `${leftBehind}, so it would fail again: send it repaired, or with --force (a vehicle that entered no cell for an hour begins anew)`;
  }
  const aheadMs = fix.eventTimeMs - judging.nowMs - judging.rules.maxFutureMs;
  if (letter.code !== 'FIX_IN_FUTURE' || aheadMs <= 0) return null;
  return `its time can be true in ${Math.ceil(aheadMs / 1000)} s only: wait so long, or send it repaired`;
}

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
