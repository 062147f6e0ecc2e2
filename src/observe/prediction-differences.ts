import type { Grid } from '../geo/grid.js';
import type { Prediction } from '../wire/prediction.js';

/** What one prediction must say. */
export interface ExpectedPrediction extends Pick<
  Prediction,
  'vehicleId' | 'eventTimeMs' | 'ingestTimeMs' | 'cell' | 'plan' | 'modelDigest' | 'replayOf'
> {
  /** `[k] int32`, most probable first. */
  readonly cells: Int32Array;
  /** `[k] float32` */
  readonly probabilities: Float32Array;
  readonly grid: Pick<Grid, 'centreOf' | 'size'>;
}

type Compared = string | number | null;

/** Cell 0 is outside the grid. */
const noCentre = { latitude: null, longitude: null };

/** In words, everything in which a prediction isn't bit for bit what it must be; empty where it is. */
export function differencesOf(
  prediction: Prediction,
  expected: ExpectedPrediction,
): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, is: Compared, mustBe: Compared): void => {
    if (!Object.is(is, mustBe)) found.push(`${what} is ${text(is)}, must be ${text(mustBe)}`);
  };
  compare('vehicle', prediction.vehicleId, expected.vehicleId);
  compare('event time', prediction.eventTimeMs, expected.eventTimeMs);
  compare('ingest time', prediction.ingestTimeMs, expected.ingestTimeMs);
  compare('cell', prediction.cell, expected.cell);
  compare('plan', prediction.plan, expected.plan);
  compare('model', prediction.modelDigest, expected.modelDigest);
  compare('replay of', prediction.replayOf, expected.replayOf);
  compare('number of candidates', prediction.candidates.length, expected.cells.length);
  prediction.candidates.slice(0, expected.cells.length).forEach((candidate, rank) => {
    const which = `of candidate ${rank + 1}`;
    const cell = expected.cells[rank] ?? 0;
    compare(`cell ${which}`, candidate.cell, cell);
    const probability = expected.probabilities[rank] ?? 0;
    if (!Object.is(candidate.probability, probability)) {
      found.push(
        `probability ${which} is ${floatText(candidate.probability)}, must be ${floatText(probability)}`,
      );
    }
    if (candidate.cell !== cell || cell < 0 || cell > expected.grid.size) return;
    const centre = cell === 0 ? noCentre : expected.grid.centreOf(cell);
    compare(`latitude ${which}`, candidate.latitude, centre.latitude);
    compare(`longitude ${which}`, candidate.longitude, centre.longitude);
  });
  return found;
}

function text(value: Compared): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A float32 with its bits: two that differ may print alike. */
function floatText(value: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return `${value} (${view.getUint32(0).toString(16).padStart(8, '0')})`;
}
