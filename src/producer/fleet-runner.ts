import type { WorkerEnvironment } from '../broker/worker-environment.js';
import type { GeoFix } from '../geo/fix.js';
import type { Grid } from '../geo/grid.js';
import { VehicleMap } from '../geo/windows.js';
import { Backlog } from './backlog.js';
import { FixSender } from './fix-sender.js';
import { Pacer, type Pace } from './pace.js';

/** How a fleet is replayed. */
export interface ReplayOptions {
  readonly pace: Pace;
  /** Fixes that may wait in the pipeline before the replay waits; only as fast as it takes them. */
  readonly maxBacklog: number;
  /** Stop after the fix that completes this many windows, each of which gives a prediction. */
  readonly windows: number | null;
}

/** What a replay has sent. */
export interface ReplayResult {
  readonly fixes: number;
  /** Windows that the fixes complete, by the plan's own rules. */
  readonly windows: number;
}

/** Sends fixes to the input topic until they end, enough windows are complete, or the signal. */
export async function replay(
  env: Pick<WorkerEnvironment, 'writer' | 'topics' | 'plan' | 'admin' | 'laneLog' | 'meter'>,
  fixes: Iterable<GeoFix>,
  grid: Grid,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const { plan, meter } = env;
  const sender = new FixSender(env.writer, env.topics, plan.lanes, (sent, payloadBytes) =>
    meter.encoded(sent, payloadBytes, 0),
  );
  const backlog = new Backlog(env, plan, options.maxBacklog);
  const vehicles = new VehicleMap(grid, plan.rules);
  const pacer = new Pacer(options.pace);
  let sent = 0;
  let windows = 0;
  try {
    for (const fix of fixes) {
      await pacer.due(fix.eventTimeMs, signal);
      if (options.pace.kind === 'max') await backlog.room(signal);
      if (signal.aborted) break;
      await sender.send(fix);
      sent += 1;
      if (vehicles.take(fix, Date.now()).kind === 'entered') windows += 1;
      if (options.windows !== null && windows >= options.windows) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  await sender.flush();
  return { fixes: sent, windows };
}
