import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../integration/eventually.js';
import { randomFrom } from '../unit/model/networks.js';
import type { Row } from './campaign.js';
import { faultyModel } from './city.js';
import type { FaultCluster } from './cluster.js';
import type { Judgement } from './judge.js';
import { FaultStand, type StandOptions } from './stand.js';
import { Chance, Traffic } from './traffic.js';

/** What can't be repaired: it is told, the lanes stop, and there is a way on. */
export interface ToldFault {
  readonly name: string;
  readonly guarantee: string;
  readonly times: { readonly full: number; readonly short: number };
  /** @returns why it could not be injected here, or what came of it */
  run(cluster: FaultCluster, seed: number, sessionTimeoutMs: number): Promise<Row | string>;
}

const lanes = 2;
const cuts = [11];
const ratePerS = 60;

/** A small pipeline, one worker of each role, with fixes that flow. */
export async function startSmallStand(
  where: Pick<StandOptions, 'brokers' | 'proxied' | 'tool'>,
  seed: number,
  options: Pick<StandOptions, 'sessionTimeoutMs' | 'environment'>,
): Promise<{ readonly stand: FaultStand; readonly traffic: Traffic }> {
  const { brokers, proxied, tool } = where;
  const model = await faultyModel();
  const stand = await FaultStand.deploy({
    ...{ brokers, proxied, tool, model, cuts, lanes },
    ...options,
  });
  try {
    stand.startWorkers();
    const traffic = new Traffic(new Chance(randomFrom(seed)));
    stand.startFeed(traffic, ratePerS);
    await stand.workers.untilWorking();
    await stand.untilMovingSince(Date.now());
    return { stand, traffic };
  } catch (error) {
    await stand.stop();
    throw error;
  }
}

/** Resolves when somebody was told of this; fails with all that was told. */
export async function untilTold(
  stand: FaultStand,
  what: string,
  tellsIt: (notice: string) => boolean,
): Promise<void> {
  await eventually(
    `it is told that ${what}`,
    () => [...stand.workers.notices],
    (notices) => notices.some(tellsIt),
  );
}

/**
 * The way on that the documentation gives: a new plan, which begins in each lane where the sink of
 * the stopped one got to. Judges both, up to there and from there on.
 */
export async function goOnWithNewPlan(stopped: FaultStand, traffic: Traffic): Promise<Judgement[]> {
  await stopped.stopFeed();
  const reached = await stopped.predictedTo();
  await stopped.untilRead();
  const before = await stopped.judge(stopped.plan.startOffsets, reached);
  await stopped.workers.stop();
  const next = await FaultStand.deploy({ ...stopped.options, pipeline: stopped.plan.pipeline });
  try {
    assert.deepEqual(next.plan.startOffsets, reached, 'the new plan leaves out no fix');
    next.startWorkers();
    next.startFeed(traffic, ratePerS);
    await next.workers.untilWorking();
    await delay(1_000);
    await next.stopFeed();
    const ends = await next.untilDrained();
    return [before, await next.judge(next.plan.startOffsets, ends)];
  } finally {
    await next.stop();
  }
}

/** One row of several judgements. */
export function toldRow(
  { name, guarantee }: Pick<ToldFault, 'name' | 'guarantee'>,
  judgements: readonly Judgement[],
): Row {
  const sum = (count: (judgement: Judgement) => number): number =>
    judgements.reduce((total, judgement) => total + count(judgement), 0);
  return {
    ...{ fault: name, guarantee, injected: 1, standstillsMs: [], promisedMs: null },
    expected: sum(({ expected }) => expected),
    lost: sum(({ lost }) => lost),
    repeated: sum(({ repeated }) => repeated),
    reordered: sum(({ reordered }) => reordered),
    wrong: sum(({ wrong }) => wrong),
    faults: judgements.flatMap(({ faults }) => faults),
  };
}
