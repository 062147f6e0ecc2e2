import type { WorkerHealth } from '../broker/worker-health.js';

/** An answer to whoever asks whether a worker is well. */
export interface HealthAnswer {
  /** HTTP status: 200 where it is, 503 where it is not. */
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Whether a worker's process is of use as it is, or better started again: it is not where something
 * stands still that ought to move. One that starts is.
 *
 * @param health null as long as the worker starts
 */
export function aliveAnswer(health: WorkerHealth | null): HealthAnswer {
  if (health === null || health.stalled === null) return { status: 200, body: { status: 'ok' } };
  const { stalled: reason, restarts } = health;
  return { status: 503, body: { status: 'stalled', reason, restarts } };
}

/**
 * Whether a worker works: it is a member of its group, and reads every lane that it has been given,
 * which may be none.
 *
 * @param health null as long as the worker starts
 */
export function readyAnswer(health: WorkerHealth | null): HealthAnswer {
  if (health === null) return { status: 503, body: { status: 'starting' } };
  const { membership, lanes } = health;
  if (membership !== 'member') return { status: 503, body: { status: membership } };
  const others = lanes.filter(({ state }) => state !== 'open');
  if (others.length === 0 && health.stalled === null) {
    return { status: 200, body: { status: 'ready', lanes: lanes.map(({ lane }) => lane) } };
  }
  const told = others.map(({ lane, state, reason }) => ({
    lane,
    state,
    ...(reason === null ? {} : { reason }),
  }));
  return { status: 503, body: { status: 'lanes are not read', lanes: told } };
}
