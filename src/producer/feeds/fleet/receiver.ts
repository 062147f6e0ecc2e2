import { metresPerDegree, metresPerDegreeOfLongitude } from '../../../geo/distance.js';
import type { Motion } from './leg.js';
import type { Random } from './random.js';

/** How fast the error of a satellite receiver changes: its correlation falls to 1/e in this time. */
const errorTimeMs = 60_000;

/**
 * A satellite receiver: its error to the north and to the east are first-order Gauss-Markov
 * processes, so that successive fixes are off to the same side.
 * @see https://gssc.esa.int/navipedia/index.php/Gauss-Markov_Processes
 */
export class Receiver {
  readonly #noiseM: number;
  readonly #random: Random;
  #northM: number;
  #eastM: number;
  #timeMs: number;

  /** @param noiseM standard deviation of the error in each direction, in metres. */
  constructor(noiseM: number, startMs: number, random: Random) {
    this.#noiseM = noiseM;
    this.#random = random;
    this.#timeMs = startMs;
    const [north, east] = random.normals();
    this.#northM = north * noiseM;
    this.#eastM = east * noiseM;
  }

  /** What the receiver reports for a place: degrees rounded to 1e-6. Times must not go back. */
  read(timeMs: number, motion: Motion): { latitude: number; longitude: number } {
    const keep = Math.exp(-(timeMs - this.#timeMs) / errorTimeMs);
    const renew = Math.sqrt(1 - keep * keep) * this.#noiseM;
    const [north, east] = this.#random.normals();
    this.#northM = this.#northM * keep + north * renew;
    this.#eastM = this.#eastM * keep + east * renew;
    this.#timeMs = timeMs;
    return {
      latitude: microdegrees(motion.latitude + this.#northM / metresPerDegree),
      longitude: microdegrees(
        motion.longitude + this.#eastM / metresPerDegreeOfLongitude(motion.latitude),
      ),
    };
  }
}

function microdegrees(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
