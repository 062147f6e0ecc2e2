import { Backlog } from '../../src/producer/backlog.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import type { PipelineUnderTest } from './pipeline-under-test.js';
import { drive } from './small-city.js';

/**
 * Sends fixes as fast as the pipeline takes them until it is told to stop.
 *
 * @param maxBacklog fixes that may wait
 */
export async function feed(
  pipeline: PipelineUnderTest,
  vehicles: readonly string[],
  maxBacklog: number,
  signal: AbortSignal,
): Promise<void> {
  const sender = new FixSender(pipeline.writer, pipeline.topics, pipeline.plan.lanes);
  const backlog = new Backlog(pipeline, pipeline.plan, maxBacklog);
  for (const fix of drive(vehicles, { from: 0, to: Infinity })) {
    if (signal.aborted) break;
    await backlog.room(signal).catch(() => undefined);
    await sender.send(fix);
  }
  await sender.flush();
}
