import type { LaneWriter } from '../broker/lane-writer.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { knownSchemas, shippedSchemas, type SchemaSet } from '../wire/schema-set.js';
import { WireSchema } from '../wire/wire-schema.js';
import { ControlError } from './errors.js';
import { latestValues, type ReadableLog } from './latest-values.js';

const keyPrefix = 'schema/';

/**
 * Sends every schema that this program ships with to the control topic, unless it is there: for
 * readers of an older version.
 */
export async function publishSchemas(
  io: { readonly writer: Pick<LaneWriter, 'send'>; readonly laneLog: ReadableLog },
  topic: string,
): Promise<void> {
  const there = await latestValues(io.laneLog, topic);
  const missing = shippedSchemas
    .map(({ schema }) => ({
      key: `${keyPrefix}${schema.fingerprint}`,
      value: Buffer.from(schema.json),
    }))
    .filter(({ key }) => !there.has(key));
  if (missing.length > 0) await io.writer.send(topic, 0, missing);
}

/**
 * Makes the schemas on the control topic known, so that what a newer version has written can be
 * read. One that is broken is logged and left out: it must not keep a worker from its work.
 */
export async function learnSchemas(
  laneLog: ReadableLog,
  topic: string,
  log: Pick<Logger, 'warn'>,
  schemas: SchemaSet = knownSchemas,
): Promise<void> {
  for (const [key, value] of await latestValues(laneLog, topic)) {
    if (!key.startsWith(keyPrefix)) continue;
    try {
      learn(schemas, key.slice(keyPrefix.length), value);
    } catch (error) {
      log.warn({ topic, key }, `the schema is ignored: ${messageOf(error)}`);
    }
  }
}

function learn(schemas: SchemaSet, fingerprint: string, value: Buffer): void {
  if (schemas.get(fingerprint) !== undefined) return;
  const parsed: unknown = JSON.parse(value.toString());
  const found = new WireSchema(parsed);
  if (found.fingerprint !== fingerprint) {
    throw new ControlError(`Its fingerprint is ${found.fingerprint}.`);
  }
  schemas.add(parsed);
}
