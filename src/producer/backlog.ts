import { setTimeout as delay } from 'node:timers/promises';
import { committedCoverage } from '../broker/committed.js';
import type { Admin } from '../broker/kafka-client.js';
import type { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import type { PlanRecord } from '../wire/partition-plan.js';

const checkEveryMs = 50;

/**
 * Keeps a feed from running ahead of its pipeline: it waits while more than so many fixes are in
 * the input topic that the sink has not accounted for.
 */
export class Backlog {
  readonly #io: { readonly admin: Admin; readonly laneLog: LaneLog };
  readonly #plan: PlanRecord;
  readonly #maxFixes: number;
  #mayBeSent = 0;
  #sent = 0;

  constructor(
    io: { readonly admin: Admin; readonly laneLog: LaneLog },
    plan: PlanRecord,
    maxFixes: number,
  ) {
    this.#io = io;
    this.#plan = plan;
    this.#maxFixes = maxFixes;
  }

  /** Counts a fix that is to be sent. Resolves when there is room for it. */
  async room(signal: AbortSignal): Promise<void> {
    this.#sent += 1;
    while (this.#sent > this.#mayBeSent) {
      const room = this.#maxFixes - (await this.#waiting());
      if (room >= this.#maxFixes / 8) this.#mayBeSent = this.#sent + Math.floor(room);
      else await delay(checkEveryMs, undefined, { signal });
    }
  }

  async #waiting(): Promise<number> {
    const { admin, laneLog } = this.#io;
    const [covered, { end }] = await Promise.all([
      committedCoverage(admin, this.#plan, 'sink'),
      laneLog.bounds(pipelineTopics(this.#plan.pipeline).fixes),
    ]);
    return end.reduce((sum, offset, lane) => sum + Math.max(0, offset - (covered[lane] ?? 0)), 0);
  }
}
