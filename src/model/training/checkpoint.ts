import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import type { ParameterValues } from './parameters.js';
import type { TrainingState } from './training-network.js';

const progressSchema = z.object({
  /** Steps done. */
  step: z.int().nonnegative(),
  /** The epoch that the next batch is from, and its number in it. Both count from 0. */
  epoch: z.int().nonnegative(),
  batch: z.int().nonnegative(),
  /** Time that the steps took, validation included. */
  trainedMs: z.number().nonnegative(),
  /** Every validation so far. */
  validations: z.array(
    z.object({
      step: z.int(),
      /** Mean training loss since the validation before, in nats. */
      loss: z.number(),
      top1: z.number(),
    }),
  ),
});

/** How far a training has come. */
export type TrainingProgress = z.infer<typeof progressSchema>;

/** All that a training needs to go on as if it had not stopped. */
export interface Checkpoint {
  /** Says what is trained on what, and how; a checkpoint of another training is refused. */
  readonly identity: string;
  readonly progress: TrainingProgress;
  readonly state: TrainingState;
  /** The weights of the best validation; the current ones before the first. */
  readonly best: ParameterValues;
}

const headerSchema = z.object({
  format: z.literal('stagecoach-checkpoint-1'),
  identity: z.string(),
  progress: progressSchema,
  parameters: z.array(z.object({ name: z.string(), length: z.int().nonnegative() })),
});

function blocksOf(checkpoint: Checkpoint): readonly ParameterValues[] {
  const { weights, moment1, moment2 } = checkpoint.state;
  return [weights, moment1, moment2, checkpoint.best];
}

/**
 * Writes a checkpoint: length of the header (4 bytes, little-endian), header (JSON), then weights,
 * both moments and best weights as float32. A crash leaves the file that was there before.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const parameters = Array.from(checkpoint.state.weights, ([name, { length }]) => ({
    name,
    length,
  }));
  const { identity, progress } = checkpoint;
  const header = Buffer.from(
    JSON.stringify({ format: 'stagecoach-checkpoint-1', identity, progress, parameters }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const values = blocksOf(checkpoint).flatMap((block) =>
    parameters.map(({ name }) => {
      const { buffer, byteOffset, byteLength } = block.get(name) ?? new Float32Array();
      return Buffer.from(buffer, byteOffset, byteLength);
    }),
  );
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.draft`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(Buffer.concat([length, header, ...values]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * Reads a checkpoint.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new ModelError('MODEL_FILE_MISSING', `${path}: ${messageOf(cause)}`, cause);
  }
  try {
    return parseCheckpoint(bytes);
  } catch (cause) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${path} is no checkpoint of this version (${messageOf(cause)}). Delete it to start anew.`,
      cause,
    );
  }
}

function parseCheckpoint(bytes: Buffer): Checkpoint {
  const headerEnd = 4 + bytes.readUInt32LE(0);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 4, headerEnd)));
  const perBlock = header.parameters.reduce((sum, { length }) => sum + length, 0);
  if (bytes.length !== headerEnd + 4 * 4 * perBlock) throw new RangeError('cut short');
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset + headerEnd));
  let offset = 0;
  const block = (): ParameterValues =>
    new Map(
      header.parameters.map(({ name, length }) => {
        offset += length;
        return [name, floats.slice(offset - length, offset)];
      }),
    );
  const state = { weights: block(), moment1: block(), moment2: block() };
  return { identity: header.identity, progress: header.progress, state, best: block() };
}
