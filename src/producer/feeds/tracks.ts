import { readFixLines } from './lines.js';
import type { LineResult } from './lines.js';

/** What one vehicle reported, in the order of its times. */
export interface Track {
  readonly vehicleId: string;
  /** Epoch milliseconds. */
  readonly timesMs: readonly number[];
  /** Degrees. */
  readonly latitudes: readonly number[];
  readonly longitudes: readonly number[];
}

/** A line that gave no fix. */
export type BadLine = Extract<LineResult, { ok: false }>;

/** The fixes of a file, by vehicle, and what was wrong with it. */
export interface TracksReading {
  /** In the order of their vehicles' first lines. */
  readonly tracks: readonly Track[];
  readonly fixes: number;
  /** How many lines were wrong, by code. */
  readonly badLines: ReadonlyMap<BadLine['code'], number>;
  /** The first few of them. */
  readonly examples: readonly BadLine[];
  /** Vehicles whose lines were not in the order of their times. */
  readonly sortedVehicles: number;
}

interface OpenTrack {
  readonly timesMs: number[];
  readonly latitudes: number[];
  readonly longitudes: number[];
  isSorted: boolean;
}

/** Wrong lines that are kept to be shown. */
const maxExamples = 5;

/**
 * Reads a whole file of fixes, in the formats of {@link readFixLines}, and puts each vehicle's in
 * the order of their times; fixes of the same time stay in the order of their lines. Lines of
 * different vehicles may be mixed in any way. All is held in memory: about 40 bytes a fix.
 *
 * @throws {CsvHeaderError} INVALID_HEADER if the first line of CSV lacks a column
 */
export async function readTracks(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Promise<TracksReading> {
  const open = new Map<string, OpenTrack>();
  const badLines = new Map<BadLine['code'], number>();
  const examples: BadLine[] = [];
  let fixes = 0;
  for await (const result of readFixLines(chunks)) {
    if (!result.ok) {
      badLines.set(result.code, (badLines.get(result.code) ?? 0) + 1);
      if (examples.length < maxExamples) examples.push(result);
      continue;
    }
    const { vehicleId, eventTimeMs, latitude, longitude } = result.fix;
    let track = open.get(vehicleId);
    if (track === undefined) {
      track = { timesMs: [], latitudes: [], longitudes: [], isSorted: true };
      open.set(vehicleId, track);
    }
    track.isSorted &&= eventTimeMs >= (track.timesMs.at(-1) ?? 0);
    track.timesMs.push(eventTimeMs);
    track.latitudes.push(latitude);
    track.longitudes.push(longitude);
    fixes += 1;
  }
  return {
    tracks: Array.from(open, ([vehicleId, track]) => sorted(vehicleId, track)),
    ...{ fixes, badLines, examples },
    sortedVehicles: [...open.values()].filter(({ isSorted }) => !isSorted).length,
  };
}

function sorted(vehicleId: string, track: OpenTrack): Track {
  const { timesMs, latitudes, longitudes, isSorted } = track;
  if (isSorted) return { vehicleId, timesMs, latitudes, longitudes };
  const order = [...timesMs.keys()].sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0));
  const inOrder = (values: readonly number[]): number[] => order.map((at) => values[at] ?? NaN);
  return {
    vehicleId,
    timesMs: inOrder(timesMs),
    latitudes: inOrder(latitudes),
    longitudes: inOrder(longitudes),
  };
}
