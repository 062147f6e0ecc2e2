import type { RejectionCode } from '../geo/windows.js';

/** What can be wrong with the predictions of a run. */
export type FaultKind = 'missing' | 'repeated' | 'outOfOrder' | 'altered' | 'unexpected';

/** One thing that is wrong. */
export interface Fault {
  readonly kind: FaultKind;
  readonly lane: number;
  /** Offset of the fix in its topic. */
  readonly offset: number;
  /** What was found and what was expected. */
  readonly text: string;
}

/** How the predictions of a run compare with what its fixes and the uncut model call for. */
export interface Verdict extends Readonly<Record<FaultKind, number>> {
  /** Fixes that were looked at, readable or not. */
  readonly fixes: number;
  /** Predictions that the fixes call for. */
  readonly expected: number;
  /** Predictions that are there, repeated and unexpected ones included. */
  readonly observed: number;
  /** Items that a stage gave up with a dead letter: no prediction is owed for them. */
  readonly failed: number;
  /** Fixes that the rules reject, by code. */
  readonly rejected: Readonly<Record<RejectionCode, number>>;
  /** Whether each prediction that is there is bit for bit that of the uncut model; null where none is. */
  readonly identicalToUncut: boolean | null;
  /** The first few faults of each kind. */
  readonly faults: readonly Fault[];
}

/** Probabilities may differ by this much from those of tfjs-layers, another program. */
export const tfjsTolerance = 1e-5;

/** The verdict on several parts of a run together. */
export function addVerdicts(parts: readonly Verdict[]): Verdict {
  const sum = (of: (part: Verdict) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const compared = parts.flatMap(({ identicalToUncut }) => identicalToUncut ?? []);
  return {
    fixes: sum(({ fixes }) => fixes),
    expected: sum(({ expected }) => expected),
    observed: sum(({ observed }) => observed),
    failed: sum(({ failed }) => failed),
    missing: sum(({ missing }) => missing),
    repeated: sum(({ repeated }) => repeated),
    outOfOrder: sum(({ outOfOrder }) => outOfOrder),
    altered: sum(({ altered }) => altered),
    unexpected: sum(({ unexpected }) => unexpected),
    rejected: {
      FIX_IN_FUTURE: sum(({ rejected }) => rejected.FIX_IN_FUTURE),
      FIX_TOO_LATE: sum(({ rejected }) => rejected.FIX_TOO_LATE),
      FIX_NOT_PLAUSIBLE: sum(({ rejected }) => rejected.FIX_NOT_PLAUSIBLE),
    },
    identicalToUncut: compared.length === 0 ? null : compared.every((isIdentical) => isIdentical),
    faults: parts.flatMap(({ faults }) => faults),
  };
}
