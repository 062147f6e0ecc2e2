import type { HopTime } from '../../partition/hop-fit.js';
import { processorMs } from '../../processor-time.js';
import { decodeTensorBatch, encodeTensorBatch, type Encoding } from '../../wire/tensor-batch.js';
import { measuredOf } from '../../partition/measured.js';
import type { HopCase } from './hop-case.js';
import { copyRows, recordOf } from './records.js';

/** What decoding a record and encoding another alone take: a hop without its broker. */
export function codecTime(
  { items, input, output }: HopCase,
  encoding: Encoding,
  samples: number,
): HopTime {
  const read = encodeTensorBatch(recordOf('p1', [input], items, 0), encoding);
  const made = recordOf('p1', [output], items, 0);
  const outputBytes = encodeTensorBatch(made, encoding).byteLength;
  const perSample = 8;
  const times = Array.from({ length: samples }, () => {
    const startMs = processorMs();
    for (let record = 0; record < perSample; record += 1) {
      copyRows(decodeTensorBatch(read));
      encodeTensorBatch(made, encoding);
    }
    return (processorMs() - startMs) / perSample;
  });
  return {
    items,
    inputBytes: read.byteLength,
    outputBytes,
    recordMs: measuredOf(times).median,
  };
}
