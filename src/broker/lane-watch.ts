/** What is seen of a lane at one moment. */
export interface LaneObservation {
  readonly lane: number;
  readonly phase: 'opening' | 'open' | 'stopped';
  /** Why the lane is read no further; null where it is not stopped. */
  readonly stopReason: string | null;
  /** Records that nobody has taken yet. */
  readonly lag: number;
  /** A call of its handler has not returned yet. */
  readonly isBusy: boolean;
  /** Grows whenever records are taken or output is acknowledged. */
  readonly moves: number;
  /** Grows whenever a fetch that includes the lane is answered. */
  readonly answers: number;
}

/** What is seen of a worker at one moment. */
export interface WorkerObservation {
  /** Whether its lanes are those that the group has given it; a member that joins has none yet. */
  readonly isMember: boolean;
  /** Grows whenever the group's coordinator has answered. */
  readonly beats: number;
  /** Whether something is to be committed, or is being so. */
  readonly owesCommit: boolean;
  /** Grows whenever a commit was acknowledged. */
  readonly commits: number;
  readonly lanes: readonly LaneObservation[];
}

/** Why something that stands still ought to move. */
export type StallCause = 'opening' | 'waiting' | 'unread' | 'group' | 'commit';

/** Something that has stood still for too long. */
export interface Stall {
  /** null where it is the membership in the group, or its commits. */
  readonly lane: number | null;
  readonly cause: StallCause;
  readonly stillMs: number;
}

/** How long something may stand still. Milliseconds. */
export interface WatchLimits {
  readonly stallTimeoutMs: number;
  /** A coordinator that waits for slow members answers nobody meanwhile. */
  readonly silentGroupMs: number;
}

const maxBackoffMs = 600_000;
/** A process that was frozen, or computed for long, has kept its lanes waiting by itself. */
const maxTickMs = 2_000;

interface Seen {
  moves: number;
  answers: number;
  stillMs: number;
  cause: StallCause;
}

/**
 * Judges from what is seen of a worker, tick by tick, whether a lane of it is stalled: whether it
 * has been opening, or has had records to take, or has had no answer to its fetches, for too long.
 * It has no clock: time is what the ticks say. It is kept over restarts, so that a lane that goes
 * on standing still afterwards is still known for it.
 */
export class LaneWatch {
  readonly #limits: WatchLimits;
  readonly #lanes = new Map<number, Seen>();
  readonly #group: Seen = { moves: 0, answers: 0, stillMs: 0, cause: 'group' };
  readonly #commits: Seen = { moves: 0, answers: 0, stillMs: 0, cause: 'commit' };
  #restartsInVain = 0;
  #sinceRestartMs = 0;

  constructor(limits: WatchLimits) {
    this.#limits = limits;
  }

  /**
   * @param sinceLastMs how much time has passed since the tick before; no more than 2 s of it count
   */
  tick(sinceLastMs: number, found: WorkerObservation): void {
    const { isMember, beats, owesCommit, commits, lanes } = found;
    const elapsedMs = Math.min(sinceLastMs, maxTickMs);
    this.#sinceRestartMs += elapsedMs;
    this.#group.stillMs = beats === this.#group.moves ? this.#group.stillMs + elapsedMs : 0;
    this.#group.moves = beats;
    const isOwed = owesCommit && commits === this.#commits.moves;
    this.#commits.stillMs = isOwed ? this.#commits.stillMs + elapsedMs : 0;
    this.#commits.moves = commits;
    for (const seen of lanes) this.#observe(elapsedMs, seen);
    // A member that joins anew has no lanes for a moment: they are not forgotten for that.
    if (isMember) this.#forgetAllBut(lanes.map(({ lane }) => lane));
    if (this.stalls.length === 0) this.#restartsInVain = 0;
  }

  /** What has stood still for too long, lanes in their order. */
  get stalls(): readonly Stall[] {
    const { stallTimeoutMs, silentGroupMs } = this.#limits;
    const lanes = [...this.#lanes]
      .filter(([, { stillMs }]) => stillMs >= stallTimeoutMs)
      .sort(([a], [b]) => a - b)
      .map(([lane, { cause, stillMs }]) => ({ lane, cause, stillMs }));
    const group = [this.#group, this.#commits]
      .filter(({ stillMs }) => stillMs >= silentGroupMs)
      .map(({ cause, stillMs }) => ({ lane: null, cause, stillMs }));
    return [...group, ...lanes];
  }

  /** Whether it is time to restart the consumer: longer after each restart that moved nothing. */
  get wantsRestart(): boolean {
    if (this.stalls.length === 0) return false;
    if (this.#restartsInVain === 0) return true;
    const backoffMs = this.#limits.stallTimeoutMs * 2 ** this.#restartsInVain;
    return this.#sinceRestartMs >= Math.min(maxBackoffMs, backoffMs);
  }

  /** The consumer was restarted: what it counts begins at 0 again. */
  restarted(): void {
    this.#restartsInVain += 1;
    this.#sinceRestartMs = 0;
    for (const seen of this.#lanes.values()) {
      seen.moves = 0;
      seen.answers = 0;
    }
    this.#group.moves = 0;
    this.#commits.moves = 0;
  }

  #observe(elapsedMs: number, found: LaneObservation): void {
    const { lane, phase, moves, answers } = found;
    const before = this.#lanes.get(lane);
    // One that counts less than before was given away and has come back.
    const isNew = before === undefined || moves < before.moves;
    const moved = isNew || moves > before.moves;
    const rests = phase === 'open' && found.lag === 0 && !found.isBusy;
    const isAnswered = answers !== (before?.answers ?? -1);
    const isFine = moved || phase === 'stopped' || (rests && isAnswered);
    this.#lanes.set(lane, {
      moves,
      answers,
      stillMs: isFine ? 0 : before.stillMs + elapsedMs,
      cause: phase === 'opening' ? 'opening' : rests ? 'unread' : 'waiting',
    });
  }

  #forgetAllBut(lanes: readonly number[]): void {
    for (const lane of this.#lanes.keys()) if (!lanes.includes(lane)) this.#lanes.delete(lane);
  }
}

/** Stalls in words, such as `lanes 1, 3 have not moved for 60 s though records wait`. */
export function describeStalls(stalls: readonly Stall[]): string {
  const causes = [...new Set(stalls.map(({ cause }) => cause))];
  return causes
    .map((cause) => {
      const alike = stalls.filter((stall) => stall.cause === cause);
      const seconds = Math.round(Math.max(...alike.map(({ stillMs }) => stillMs)) / 1000);
      const lanes = alike.flatMap(({ lane }) => (lane === null ? [] : [lane]));
      return inWords(cause, lanes, seconds);
    })
    .join('; ');
}

function inWords(cause: StallCause, lanes: readonly number[], seconds: number): string {
  const one = lanes.length === 1;
  const named = `${one ? 'lane' : 'lanes'} ${lanes.join(', ')}`;
  const have = one ? 'has' : 'have';
  switch (cause) {
    case 'group':
      return `the consumer group has not answered for ${seconds} s`;
    case 'commit':
      return `the consumer group has acknowledged no commit for ${seconds} s`;
    case 'opening':
      return `${named} ${have} been opening for ${seconds} s`;
    case 'waiting':
      return `${named} ${have} not moved for ${seconds} s though records wait`;
    case 'unread':
      return `no fetch of ${named} has been answered for ${seconds} s`;
  }
}
