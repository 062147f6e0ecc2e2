import { setTimeout as delay } from 'node:timers/promises';
import { randomFrom } from '../unit/model/networks.js';
import { faultyModel } from './city.js';
import type { FaultCluster } from './cluster.js';
import type { Arena, Fault } from './fault.js';
import type { Judgement } from './judge.js';
import { FaultStand } from './stand.js';
import { standstillMs } from './standstill.js';
import { Chance, Traffic } from './traffic.js';

/** What came of a fault; a row of the table. */
export interface Row extends Omit<Judgement, 'poisoned'> {
  readonly fault: string;
  readonly guarantee: string;
  readonly injected: number;
  /** Of each injection, in milliseconds; none where a standstill is what the fault asks for. */
  readonly standstillsMs: readonly number[];
  readonly promisedMs: number | null;
  /** What else was measured, in words. */
  readonly note?: string;
}

/** A pipeline of so many lanes, cut once, is at work; two workers of each role. */
const lanes = 4;
const cuts = [11];
const workersOfRole = 2;
/** Enough that a lane has a prediction every 50 ms or so: a standstill can be told from a pause. */
const ratePerS = 160;

/** Starts a pipeline for faults to be injected into, with fixes that keep flowing. */
export async function startArena(
  cluster: FaultCluster,
  seed: number,
  sessionTimeoutMs: number,
): Promise<Arena> {
  const chance = new Chance(randomFrom(seed));
  const traffic = new Traffic(new Chance(randomFrom(seed + 1)));
  const { brokers, proxied, tool } = cluster;
  const model = await faultyModel();
  const stand = await FaultStand.deploy({
    ...{ brokers, proxied, tool, model },
    ...{ cuts, lanes, sessionTimeoutMs },
  });
  for (let number = 0; number < workersOfRole; number += 1) stand.startWorkers(number);
  const feed = stand.startFeed(traffic, ratePerS);
  await stand.workers.untilWorking();
  await stand.untilMovingSince(Date.now());
  return { cluster, stand, feed, traffic, chance, sessionTimeoutMs };
}

/** Injects a fault so many times at random moments, and judges the fixes of that time. */
export async function runFault(arena: Arena, fault: Fault, times: number): Promise<Row> {
  const { stand, chance, sessionTimeoutMs } = arena;
  const from = await stand.fixEnds();
  const standstillsMs: number[] = [];
  for (let count = 0; count < times; count += 1) {
    await delay(chance.between(100, 900));
    const beganMs = Date.now();
    await fault.inject(arena);
    if (fault.isContinuous === true && count < times - 1) continue;
    // What was under way comes out at first: a lane stands still only when that is done.
    await stand.workers.untilWorking();
    await stand.untilMovingSince(Date.now());
    standstillsMs.push(
      standstillMs(stand.predictions.records, stand.options.lanes, beganMs, Date.now()),
    );
  }
  await fault.after?.(arena);
  // The fixes before this moment have to come out, while those after it keep flowing.
  const to = await stand.untilDrained();
  const judgement = await stand.judge(from, to);
  const { name, guarantee, promisedMs } = fault;
  return {
    ...{ fault: name, guarantee, injected: times, standstillsMs },
    promisedMs: promisedMs?.(sessionTimeoutMs) ?? null,
    ...judgement,
  };
}
