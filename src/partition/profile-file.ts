import { z } from 'zod';
import { PartitionError } from './errors.js';
import type { Profile } from './profile.js';

const positive = z.number().positive();
const share = z.number().nonnegative();
const bytes = z.number().nonnegative();
const measured = z.object({ median: share, spread: share });
const fitError = z.object({ count: z.int(), median: share, largest: share });
const encoding = z.enum(['raw', 'f16', 'zstd', 'shuffle+zstd']);

const schema = z
  .object({
    version: z.literal(1),
    modelDigest: z.string(),
    measuredAtMs: z.number(),
    node: z.object({
      name: z.string().min(1),
      cores: positive,
      memoryBytes: positive,
      speed: positive,
      uploadBytesPerS: positive,
      downloadBytesPerS: positive,
      roundTripMs: share,
    }),
    layers: z
      .array(
        z.object({
          name: z.string(),
          className: z.string(),
          route: z.enum(['native', 'tfjs', 'identity']),
          weightsBytes: bytes,
          workingBytes: bytes,
          times: z.array(z.object({ batch: z.int().positive(), ms: measured })).min(1),
        }),
      )
      .min(1),
    calls: z.array(z.object({ batch: z.int().positive(), ms: share })),
    rangeErrors: z.array(fitError),
    cuts: z.array(z.partialRecord(encoding, bytes)),
    hops: z
      .array(
        z.object({
          encoding,
          recordMs: share,
          itemMs: share,
          decodeNsPerByte: share,
          encodeNsPerByte: share,
        }),
      )
      .min(1),
    hopErrors: z.array(fitError),
    link: z
      .object({ roundTripMs: measured, uploadBytesPerS: measured, downloadBytesPerS: measured })
      .nullable(),
    recordItems: z.int().positive(),
    restSlowdown: positive,
    processBytes: positive,
  })
  .superRefine(({ layers, cuts, calls }, context) => {
    if (cuts.length !== layers.length + 1) {
      const message = `${layers.length} layers have ${layers.length + 1} cuts; found ${cuts.length}`;
      context.addIssue({ code: 'custom', path: ['cuts'], message });
    }
    const wanted = calls.map(({ batch }) => batch).join();
    layers.forEach(({ times }, at) => {
      const found = times.map(({ batch }) => batch).join();
      if (found === wanted) return;
      const message = `its batch sizes are ${found}, and those of the calls ${wanted}`;
      context.addIssue({ code: 'custom', path: ['layers', at], message });
    });
  });

/**
 * The profile in a file's text.
 *
 * @throws {PartitionError} PROFILE_INVALID
 */
export function parseProfile(text: string): Profile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid('it is no JSON', cause);
  }
  const version = typeof json === 'object' && json !== null && 'version' in json && json.version;
  if (version !== 1) {
    const found = version === false ? 'none' : JSON.stringify(version);
    throw invalid(`its version is to be 1, and is ${found}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

function invalid(why: string, cause?: unknown): PartitionError {
  return new PartitionError(
    'PROFILE_INVALID',
    `This is no profile of a network on a node: ${why}. "stagecoach profile" writes one.`,
    cause,
  );
}
