import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import { projectDir } from '../../src/project-dir.js';
import type { GeoFix } from '../../src/geo/fix.js';
import type { Prediction } from '../../src/wire/prediction.js';
import type { PrintedRecord } from './console-reader.js';

/** A dead letter, as far as it is judged. */
export interface JudgedLetter {
  readonly topic: string;
  readonly lane: number;
  readonly offset: number;
  readonly item: number | null;
  readonly code: string;
}

const magic = Buffer.from([0xc3, 0x01]);
const bodyStart = 10;

/** The released schemas by the fingerprint that records begin with, as another program computed it. */
function releasedTypes(): Map<string, avsc.Type> {
  const fixtures = join(projectDir(), 'test/unit/wire/fixtures/released.json');
  const released = JSON.parse(readFileSync(fixtures, 'utf8')) as Record<
    string,
    { fingerprint: string }
  >;
  const types = new Map<string, avsc.Type>();
  for (const [file, { fingerprint }] of Object.entries(released)) {
    const schema = JSON.parse(readFileSync(join(projectDir(), 'schemas', file), 'utf8')) as object;
    types.set(fingerprint, avsc.Type.forSchema(schema as avsc.Schema));
  }
  return types;
}

const types = releasedTypes();

/**
 * Decodes a record in Avro's single-object encoding, by avsc alone: the judge of a run shares no
 * code with the pipeline's own reading.
 */
function decode(value: Buffer): Record<string, unknown> {
  if (!value.subarray(0, 2).equals(magic)) throw new Error('no single-object encoding');
  const fingerprint = value.readBigUInt64LE(2).toString(16).padStart(16, '0');
  const type = types.get(fingerprint);
  if (type === undefined) throw new Error(`no released schema has the fingerprint ${fingerprint}`);
  const body: unknown = type.fromBuffer(value.subarray(bodyStart));
  return { ...(body as Record<string, unknown>) };
}

/** @throws {Error} where it is none */
export function decodePrinted(record: PrintedRecord): Prediction {
  const { eventTime, ingestTime, predictedTime, ...same } = decode(record.value);
  return {
    ...(same as unknown as Prediction),
    eventTimeMs: Number(eventTime),
    ingestTimeMs: Number(ingestTime),
    predictedTimeMs: Number(predictedTime),
  };
}

/** @throws {Error} where it is none */
export function decodeLetter(record: PrintedRecord): JudgedLetter {
  return decode(record.value) as unknown as JudgedLetter;
}

/** The fix in a record of JSON; null where it is none, or has another key than its vehicle. */
export function fixIn({ key, value }: PrintedRecord): GeoFix | null {
  try {
    const body = JSON.parse(value.toString()) as GeoFix & { readonly eventTime: number };
    const { vehicleId, eventTime, latitude, longitude } = body;
    return key === vehicleId ? { vehicleId, eventTimeMs: eventTime, latitude, longitude } : null;
  } catch {
    return null;
  }
}
