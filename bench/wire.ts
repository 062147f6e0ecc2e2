/**
 * What encoding and decoding of a batch costs, per encoding of its tensors:
 *
 *     npm run build && node dist/bench/wire.js
 */
import { decodeTensorBatch, encodeTensorBatch } from '../src/wire/tensor-batch.js';
import type { Encoding, TensorBatch, WireTensor } from '../src/wire/tensor-batch.js';
import { ready } from '../src/wire/zstd.js';

const items = 64;
const rounds = 200;
const encodings: readonly Encoding[] = ['raw', 'f16', 'zstd', 'shuffle+zstd'];

/** What crosses a cut behind a GRU of the reference network: values in -1 … 1, all different. */
const activations: WireTensor = {
  name: 'gru',
  dtype: 'float32',
  shape: [items, 20, 128],
  data: Float32Array.from({ length: items * 20 * 128 }, (_, index) =>
    Math.tanh(3 * Math.sin(index * 0.7) * Math.cos(index * 0.013)),
  ),
};
/** What the windower writes: cell ids, the first ones of a trip padded with 0. */
const cells: WireTensor = {
  name: 'cells',
  dtype: 'int32',
  shape: [items, 20],
  data: Int32Array.from({ length: items * 20 }, (_, index) =>
    index % 20 < 6 ? 0 : (index * 31) % 1456,
  ),
};

await ready();
process.stdout.write(`${items} items a record, ${rounds} rounds, median\n\n`);
process.stdout.write(
  row(['tensor', 'encoding', 'bytes', 'encode µs', 'MB/s', 'decode µs', 'MB/s']),
);
for (const tensor of [activations, cells]) {
  for (const encoding of encodings) measure(batchOf(tensor), encoding);
}

function measure(batch: TensorBatch, encoding: Encoding): void {
  const record = encodeTensorBatch(batch, encoding);
  const encodeUs = medianUs(() => encodeTensorBatch(batch, encoding));
  const decodeUs = medianUs(() => decodeTensorBatch(record));
  const [tensor] = batch.tensors;
  const tensorBytes = tensor?.data.byteLength ?? 0;
  process.stdout.write(
    row([
      `${tensor?.dtype ?? ''} [${tensor?.shape.join(', ') ?? ''}]`,
      encoding,
      String(record.length),
      encodeUs.toFixed(0),
      (tensorBytes / encodeUs).toFixed(0),
      decodeUs.toFixed(0),
      (tensorBytes / decodeUs).toFixed(0),
    ]),
  );
}

function medianUs(work: () => unknown): number {
  const times: number[] = [];
  for (let round = -20; round < rounds; round++) {
    const start = process.hrtime.bigint();
    work();
    // The first rounds are for the compiler.
    if (round >= 0) times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? NaN;
}

function batchOf(tensor: WireTensor): TensorBatch {
  const start = 1_000_000;
  return {
    plan: 'p1',
    stage: 1,
    covers: { from: start, to: start + 4 * items },
    items: Array.from({ length: items }, (_, index) => ({
      offset: start + 4 * index,
      key: `taxi-${1000 + index}`,
      eventTimeMs: 1_709_478_000_000 + 250 * index,
      ingestTimeMs: 1_709_478_000_100 + 250 * index,
      failure: null,
      replay: null,
    })),
    tensors: [tensor],
  };
}

function row([name = '', encoding = '', ...figures]: readonly string[]): string {
  const cellsOfRow = figures.map((figure) => figure.padStart(11));
  return `${name.padEnd(24)}${encoding.padEnd(14)}${cellsOfRow.join('')}\n`;
}
