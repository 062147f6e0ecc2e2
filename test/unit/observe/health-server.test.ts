import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { LaneHealth, WorkerHealth } from '../../../src/broker/worker-health.js';
import { ConfigError } from '../../../src/errors.js';
import { createLogger } from '../../../src/log.js';
import { HealthServer } from '../../../src/observe/health-server.js';

const log = createLogger('test', 'silent');
const kind = { pipeline: 'taxi', role: 'stage', stage: 2 };

function lane(number: number, cares: Partial<LaneHealth> = {}): LaneHealth {
  return { lane: number, state: 'open', lag: 0, reason: null, ...cares };
}

function health(cares: Partial<WorkerHealth> = {}): WorkerHealth {
  return {
    identity: { worker: 'stage-2-0', role: 'stage', stage: 2, plan: 'p1' },
    membership: 'member',
    lanes: [lane(0, { lag: 3 }), lane(4)],
    stalled: null,
    restarts: 1,
    items: 640,
    deadLetters: 2,
    quality: [],
    computeOverPlan: null,
    isSlowerThanPlanned: false,
    ...cares,
  };
}

describe('the health server', () => {
  let seen: WorkerHealth | null = null;
  let server: HealthServer;
  before(async () => {
    server = await HealthServer.listen({ host: '127.0.0.1', port: 0 }, kind, () => seen, log);
  });
  afterEach(() => {
    seen = null;
  });
  after(() => server.close());

  async function ask(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
    return { status: response.status, text: await response.text() };
  }

  async function json(path: string): Promise<[number, unknown]> {
    const { status, text } = await ask(path);
    return [status, JSON.parse(text)];
  }

  it('says that a worker that starts is alive, and not ready', async () => {
    assert.deepEqual(await json('/healthz'), [200, { status: 'ok' }]);
    assert.deepEqual(await json('/readyz'), [503, { status: 'starting' }]);
  });

  it('says that a member that reads all its lanes is ready, also one without lanes', async () => {
    seen = health();
    assert.deepEqual(await json('/readyz'), [200, { status: 'ready', lanes: [0, 4] }]);
    assert.deepEqual(await json('/healthz'), [200, { status: 'ok' }]);
    seen = health({ lanes: [] });
    assert.deepEqual(await json('/readyz'), [200, { status: 'ready', lanes: [] }]);
  });

  it('says that a worker that joins, is restarted or stops is alive, and not ready', async () => {
    for (const membership of ['joining', 'restarting', 'stopping'] as const) {
      seen = health({ membership });
      assert.deepEqual(await json('/readyz'), [503, { status: membership }]);
      assert.equal((await ask('/healthz')).status, 200);
    }
  });

  it('tells which lanes are not read, and of a stopped one why', async () => {
    const stopped = lane(4, { state: 'stopped', reason: 'fixes 80 … 352 are gone' });
    seen = health({ lanes: [lane(0), lane(2, { state: 'opening' }), stopped] });
    const lanes = [
      { lane: 2, state: 'opening' },
      { lane: 4, state: 'stopped', reason: 'fixes 80 … 352 are gone' },
    ];
    assert.deepEqual(await json('/readyz'), [503, { status: 'lanes are not read', lanes }]);
    assert.equal((await ask('/healthz')).status, 200, 'a restart would not bring them back');
  });

  it('says that a worker of which something is stalled is neither alive nor ready, and why', async () => {
    const reason = 'lane 4 has not moved for 60 s though records wait';
    seen = health({ stalled: reason, lanes: [lane(0), lane(4, { state: 'stalled', lag: 9 })] });
    assert.deepEqual(await json('/healthz'), [503, { status: 'stalled', reason, restarts: 1 }]);
    assert.equal((await ask('/readyz')).status, 503);
    seen = health({ stalled: 'the consumer group has not answered for 60 s' });
    assert.equal((await ask('/readyz')).status, 503);
  });

  it('gives Prometheus what the worker has counted, under the worker’s labels', async () => {
    seen = health({ lanes: [lane(0, { lag: 3 }), lane(4, { state: 'stalled', lag: 9 })] });
    const { text } = await ask('/metrics');
    const of = 'pipeline="taxi",plan="p1",role="stage",stage="2"';
    for (const line of [
      `stagecoach_watchdog_restarts_total{${of}} 1`,
      `stagecoach_items_total{${of}} 640`,
      `stagecoach_dead_letters_total{${of}} 2`,
      `stagecoach_lanes{state="open",${of}} 1`,
      `stagecoach_lanes{state="stalled",${of}} 1`,
      `stagecoach_lanes{state="stopped",${of}} 0`,
      `stagecoach_lane_lag_records{lane="0",${of}} 3`,
      `stagecoach_lane_lag_records{lane="4",${of}} 9`,
    ]) {
      assert(text.includes(`${line}\n`), `${line}\n\n${text}`);
    }
    seen = health({ items: 700, lanes: [lane(0)] });
    const later = (await ask('/metrics')).text;
    assert(later.includes(`stagecoach_items_total{${of}} 700\n`));
    assert(!later.includes('lane="4"'), 'a lane that went is told of no more');
  });

  it('gives Prometheus how a stage does beside its plan, and nothing where that is not known', async () => {
    const of = 'pipeline="taxi",plan="p1",role="stage",stage="2"';
    seen = health({ computeOverPlan: 1.8, isSlowerThanPlanned: true });
    const slow = (await ask('/metrics')).text;
    assert(slow.includes(`stagecoach_compute_over_plan{${of}} 1.8\n`), slow);
    assert(slow.includes(`stagecoach_slower_than_planned{${of}} 1\n`), slow);
    seen = health();
    const unknown = (await ask('/metrics')).text;
    assert.doesNotMatch(unknown, /^stagecoach_compute_over_plan[{ ]/m);
    assert(unknown.includes(`stagecoach_slower_than_planned{${of}} 0\n`), unknown);
  });

  it('gives Prometheus what came true of a sink’s predictions, by window', async () => {
    const counts = { scored: 10, top1: 6, top3: 8, top5: 9 };
    const errors = [
      { metres: 0, predictions: 4 },
      { metres: 500, predictions: 6 },
    ];
    const reliability = [
      { predictions: 4, probabilitySum: 1.5, hits: 1 },
      { predictions: 6, probabilitySum: 5.5, hits: 5 },
    ];
    const none = { scored: 0, top1: 0, top3: 0, top5: 0, errors: [], reliability: [] };
    seen = health({
      quality: [
        { windowMs: 300_000, ...none },
        { windowMs: 3_600_000, ...counts, errors, reliability },
        { windowMs: 0, ...none },
      ],
    });
    const { text } = await ask('/metrics');
    const of = 'pipeline="taxi",plan="p1",role="stage",stage="2"';
    for (const line of [
      `stagecoach_scored_predictions{window="5m",${of}} 0`,
      `stagecoach_scored_predictions{window="1h",${of}} 10`,
      `stagecoach_prediction_hits{window="1h",top="1",${of}} 6`,
      `stagecoach_prediction_hits{window="1h",top="3",${of}} 8`,
      `stagecoach_prediction_hits{window="1h",top="5",${of}} 9`,
      `stagecoach_median_error_metres{window="1h",${of}} 500`,
      `stagecoach_reliability_predictions{window="1h",bin="0.0",${of}} 4`,
      `stagecoach_reliability_probability_sum{window="1h",bin="0.5",${of}} 5.5`,
      `stagecoach_reliability_hits{window="1h",bin="0.5",${of}} 5`,
    ]) {
      assert(text.includes(`${line}\n`), `${line}\n\n${text}`);
    }
    assert.doesNotMatch(text, /median_error_metres\{window="5m"/);
  });

  it('answers nothing else, and takes no orders', async () => {
    assert.equal((await ask('/')).status, 404);
    assert.equal((await ask('/healthz/x')).status, 404);
    assert.equal((await ask('/healthz', { method: 'POST', body: 'x' })).status, 405);
    assert.deepEqual(await ask('/healthz', { method: 'HEAD' }), { status: 200, text: '' });
    assert.equal((await ask('/healthz?probe=1')).status, 200);
  });

  it('says which address can’t be had', async () => {
    const taken = { host: '127.0.0.1', port: server.port };
    await assert.rejects(
      HealthServer.listen(taken, kind, () => null, log),
      (error) => error instanceof ConfigError && error.message.includes(String(server.port)),
    );
  });
});
