import { setTimeout as delay } from 'node:timers/promises';
import { measuredOf } from '../../partition/measured.js';
import { processorMs } from '../../processor-time.js';
import { subModelOf } from '../engine/sub-model.js';
import { readNetwork } from '../network.js';
import type { ModelFiles } from '../model-files.js';
import type { HostTensor } from '../tensor.js';
import { firstRows } from './crossings.js';

/** Long enough for others to take the processor and its caches. */
const restMs = 20;

/**
 * How many times as long the whole network takes for one item after a rest as it takes at once.
 *
 * @param inputs some rows of what the network takes
 * @param runs of either kind, which take turns
 * @throws {ModelError} as `compileSubModel`
 */
export async function restSlowdown(
  files: ModelFiles,
  inputs: readonly HostTensor[],
  runs: number,
): Promise<number> {
  const network = readNetwork(files);
  const model = subModelOf(network, { from: 0, to: network.layers.length });
  const one = inputs.map((tensor) => firstRows(tensor, 1));
  const once = (): number => {
    const startMs = processorMs();
    model.run(one);
    return processorMs() - startMs;
  };
  const [rested, warm]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    await delay(restMs);
    rested.push(once());
    warm.push(once());
  }
  model.dispose();
  return measuredOf(rested).median / measuredOf(warm).median;
}
