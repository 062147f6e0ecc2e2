import { bury, encodeBatches, type LaneEnvironment } from '../broker/lane-environment.js';
import { laneOf } from '../broker/lane-of.js';
import type { LaneRecord } from '../broker/lane-record.js';
import { LaneSender } from '../broker/lane-sender.js';
import { batchOf, laneStart } from '../broker/lane-start.js';
import type { LaneContext, LaneHandler, OpenedLane } from '../broker/lane-worker.js';
import { RecordTooLargeError } from '../broker/lane-writer.js';
import { TokenBucket } from '../broker/token-bucket.js';
import { groupOf, stageTopic } from '../broker/topics.js';
import { unreadable } from '../broker/unreadable.js';
import { timed } from '../broker/worker-meter.js';
import type { Grid } from '../geo/grid.js';
import { clockStepMs, VehicleMap } from '../geo/windows.js';
import type { Covers, TensorBatch } from '../wire/tensor-batch.js';
import { Windower, windowBatches, type KeylessFix, type WindowedItem } from './windower.js';

/** Items in a record: as many as the engine likes best are a tenth of the cost of single ones. */
const maxItemsPerRecord = 64;
/**
 * Records of a lane. Whatever its size, one costs every stage after this, and the broker, some half of
 * a millisecond each (bench hop), so that under load items are gathered, for a sixteenth of a second
 * at most. As long as they are fewer each goes at once.
 */
const recordRate = { perS: 16, burst: 8 };
/** Coverage without items is told after this many fixes even when the lane never rests. */
const maxUntoldFixes = 2_048;

/** Takes a lane over: where its output ends, with its vehicles as they were there. */
export async function openWindowerLane(
  env: LaneEnvironment,
  grid: Grid,
  context: LaneContext,
): Promise<OpenedLane> {
  const { plan, topics, laneLog, progressOf } = env;
  const { lane } = context;
  const outputTopic = stageTopic(plan.pipeline, plan.name, 1);
  const { coveredTo } = await laneStart({
    laneLog,
    progressOf,
    groupId: groupOf(plan, 'windower'),
    inputTopic: topics.fixes,
    outputTopic,
    lane,
    startOffset: plan.startOffsets[lane] ?? 0,
    upstream: null,
  });
  const vehicles = new VehicleMap(grid, plan.rules);
  await restoreVehicles(env, vehicles, outputTopic, lane, coveredTo);
  env.log.info({ lane, coveredTo, vehicles: vehicles.size }, 'the lane’s vehicles are restored');
  const { steps } = plan.rules;
  const windower = new Windower({ topic: topics.fixes, vehicles, steps, cellCount: grid.size });
  const sender = new LaneSender(env.writer, outputTopic, context);
  return {
    fromOffset: coveredTo,
    handler: new WindowerLane(env, context, windower, sender, coveredTo),
  };
}

/** Reads back the lane's own output over the time that a vehicle is remembered. */
async function restoreVehicles(
  env: LaneEnvironment,
  vehicles: VehicleMap,
  outputTopic: string,
  lane: number,
  coveredTo: number,
): Promise<void> {
  const { begin, end } = await env.laneLog.bounds(outputTopic);
  const from = await restoreFrom(env, outputTopic, lane, coveredTo);
  let position = 0;
  for await (const record of env.laneLog.read(
    outputTopic,
    lane,
    Math.max(from, begin[lane] ?? 0),
    end[lane] ?? 0,
  )) {
    const batch = batchOf(record);
    if (batch === null) continue;
    restoreItems(vehicles, batch, { from: position, to: coveredTo }, env.plan.rules.steps);
    position = Math.max(position, batch.covers.to);
  }
}

/** Where in the output the items begin that may still count for the fix at `coveredTo`. */
async function restoreFrom(
  env: LaneEnvironment,
  outputTopic: string,
  lane: number,
  coveredTo: number,
): Promise<number> {
  const { plan, topics, laneLog } = env;
  const { begin } = await laneLog.bounds(topics.fixes);
  if (coveredTo - 1 < (begin[lane] ?? 0)) return 0;
  for await (const fix of laneLog.read(topics.fixes, lane, coveredTo - 1, coveredTo)) {
    const since = fix.timestampMs - plan.rules.memoryMs - clockStepMs;
    return (await laneLog.offsetsAt(outputTopic, since))[lane] ?? 0;
  }
  return 0;
}

/** Restores from the items of the fixes that `of` covers: another worker may have written on. */
function restoreItems(vehicles: VehicleMap, batch: TensorBatch, of: Covers, steps: number): void {
  const cells = batch.tensors.find(({ name }) => name === 'cells')?.data;
  if (!(cells instanceof Int32Array)) return;
  batch.items.forEach((item, row) => {
    if (item.offset < of.from || item.offset >= of.to) return;
    if (item.replay?.broughtWindow === true) return;
    const window = cells.slice(row * steps, (row + 1) * steps);
    vehicles.restore(item.key, window, item.eventTimeMs, item.ingestTimeMs);
  });
}

/** One lane of the windower: fixes in, batches of windows out. */
class WindowerLane implements LaneHandler {
  readonly #env: LaneEnvironment;
  readonly #context: LaneContext;
  readonly #windower: Windower;
  readonly #sender: LaneSender;
  readonly #bucket = new TokenBucket(recordRate, performance.now());
  /** Fixes before this offset have been looked at. */
  #seenTo: number;
  /** Fixes before this offset are accounted for in what was sent. */
  #toldTo: number;

  constructor(
    env: LaneEnvironment,
    context: LaneContext,
    windower: Windower,
    sender: LaneSender,
    coveredTo: number,
  ) {
    this.#env = env;
    this.#context = context;
    this.#windower = windower;
    this.#sender = sender;
    this.#seenTo = coveredTo;
    this.#toldTo = coveredTo;
  }

  async take(records: readonly LaneRecord[]): Promise<void> {
    const { env, signal } = { env: this.#env, signal: this.#context.signal };
    const step = timed(
      () => this.#windower.step(records),
      (ms) => env.meter.decoded(ms),
    );
    this.#seenTo = (records.at(-1)?.offset ?? this.#seenTo - 1) + 1;
    if (step.deadLetters.length > 0) {
      await bury(env, step.deadLetters, signal);
    }
    for (const fix of step.keyless) await this.#sendOn(fix);
    const untold = this.#seenTo - this.#toldTo;
    if (step.items.length > 0 || untold >= maxUntoldFixes) await this.#tell(step.items);
  }

  gatherMs(): number {
    return this.#bucket.waitMs(performance.now());
  }

  /** Puts a fix that has no key into its vehicle's lane. */
  async #sendOn({ vehicleId, value, record }: KeylessFix): Promise<void> {
    const { writer, topics, plan } = this.#env;
    const { signal } = this.#context;
    const lane = laneOf(vehicleId, plan.lanes);
    try {
      await writer.send(topics.fixes, lane, [{ key: vehicleId, value }], signal);
    } catch (error) {
      if (!(error instanceof RecordTooLargeError)) throw error;
      await bury(this.#env, [unreadable(topics.fixes, record, error)], signal);
    }
  }

  /** The lane rests: tell what was looked at since the last item, so that its readers know. */
  async idle(readTo: number): Promise<void> {
    this.#seenTo = Math.max(this.#seenTo, readTo);
    if (this.#seenTo > this.#toldTo) await this.#tell([]);
  }

  drain(): Promise<void> {
    return this.#sender.drain();
  }

  /** Sends these items, and the coverage of all that was looked at. */
  async #tell(items: readonly WindowedItem[]): Promise<void> {
    const { plan } = this.#env;
    const covers = { from: this.#toldTo, to: this.#seenTo };
    const frame = { plan: plan.name, steps: plan.rules.steps, maxItems: maxItemsPerRecord };
    const records = encodeBatches(this.#env, windowBatches(items, covers, frame));
    this.#toldTo = this.#seenTo;
    if (items.length > 0) this.#bucket.take(performance.now());
    await this.#sender.send(records, { nextOffset: covers.to, coveredTo: covers.to });
  }
}
