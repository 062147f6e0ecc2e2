import { TopicGoneError } from './errors.js';

/**
 * A broker that has just started, or a topic that has just been made, is not known everywhere for
 * some seconds. What is not known for longer is gone.
 */
const graceMs = 15_000;

/** Tells a topic that somebody has deleted from one that is not known to a broker for a moment. */
export class TopicAbsence {
  readonly #topic: string;
  #sinceMs: number | null = null;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** A request about the topic has succeeded. */
  isThere(): void {
    this.#sinceMs = null;
  }

  /**
   * A request about the topic has failed.
   *
   * @throws {TopicGoneError} where nothing but its absence was heard of for 15 s
   */
  observe(error: unknown): void {
    const nowMs = performance.now();
    if (!isUnknownTopic(error)) this.#sinceMs = null;
    else this.#sinceMs ??= nowMs;
    if (this.#sinceMs === null || nowMs - this.#sinceMs < graceMs) return;
    throw new TopicGoneError(
      `The topic ${this.#topic} does not exist any more: the cluster has not known it for ${graceMs / 1000} s. Somebody has deleted it. The lane stops: see docs/architecture.md, "Gaps".`,
      error,
    );
  }
}

/** Whether a broker's answer, or what it led to, was that it does not know the topic. */
export function isUnknownTopic(error: unknown): boolean {
  return causesOf(error).some(
    (cause) => (Reflect.get(cause, 'type') as unknown) === 'UNKNOWN_TOPIC_OR_PARTITION',
  );
}

/** An error and what led to it, the outermost first. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && !causes.includes(at); at = at.cause) causes.push(at);
  return causes;
}
