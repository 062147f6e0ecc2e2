import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeStalls, LaneWatch, type LaneObservation } from '../../../src/broker/lane-watch.js';

const limits = { stallTimeoutMs: 10_000, silentGroupMs: 20_000 };

/** A worker whose lanes do what a test says, watched second by second. */
class Watched {
  readonly watch = new LaneWatch(limits);
  readonly lanes = new Map<number, LaneObservation>();
  isMember = true;
  /** Whether the group's coordinator answers. */
  beats = true;
  owesCommit = false;
  /** Whether commits are acknowledged. */
  commits = true;
  #beatsUpTo = 0;
  #commitsUpTo = 0;

  lane(lane: number, seen: Partial<LaneObservation> = {}): void {
    const open = { phase: 'open', stopReason: null, lag: 0, isBusy: false, moves: 0 } as const;
    this.lanes.set(lane, { lane, ...open, answers: 0, ...this.lanes.get(lane), ...seen });
  }

  /** Lets seconds pass, in each of which the lanes' fetches are answered where they are open. */
  pass(seconds: number, each: () => void = () => undefined): void {
    for (let second = 0; second < seconds; second += 1) {
      if (this.beats) this.#beatsUpTo += 1;
      if (this.owesCommit && this.commits) this.#commitsUpTo += 1;
      each();
      const { isMember, owesCommit } = this;
      const counts = { beats: this.#beatsUpTo, commits: this.#commitsUpTo };
      const lanes = [...this.lanes.values()];
      this.watch.tick(1_000, { isMember, owesCommit, ...counts, lanes });
    }
  }

  /** What `pass` lets each second do: a lane's fetch is answered. */
  answered(lane: number): () => void {
    return () => this.lane(lane, { answers: (this.lanes.get(lane)?.answers ?? 0) + 1 });
  }

  get stalled(): (number | null)[] {
    return this.watch.stalls.map(({ lane }) => lane);
  }
}

describe('the watch over lanes', () => {
  it('never holds a lane without lag for stalled, however long it rests', () => {
    const watched = new Watched();
    watched.lane(0);
    watched.pass(3_600, watched.answered(0));
    assert.deepEqual(watched.stalled, []);
    assert.equal(watched.watch.wantsRestart, false);
  });

  it('holds a lane for stalled that has lag and has neither taken records nor had output acknowledged for so long', () => {
    const watched = new Watched();
    watched.lane(0, { lag: 5, moves: 3 });
    watched.lane(1);
    const bothAnswer = () => {
      watched.answered(0)();
      watched.answered(1)();
    };
    watched.pass(10, bothAnswer);
    assert.deepEqual(watched.stalled, [], '9 s since it was first seen');
    watched.pass(1, bothAnswer);
    assert.deepEqual(watched.stalled, [0]);
    assert.equal(
      describeStalls(watched.watch.stalls),
      'lane 0 has not moved for 10 s though records wait',
    );
    watched.lane(0, { moves: 4 });
    watched.pass(1, bothAnswer);
    assert.deepEqual(watched.stalled, [], 'it moves');
  });

  it('holds a lane for stalled whose handler does not come back, though no more records wait', () => {
    const watched = new Watched();
    watched.lane(0, { isBusy: true });
    watched.pass(11, watched.answered(0));
    assert.deepEqual(watched.stalled, [0]);
  });

  it('holds a lane for stalled that is being opened for so long, or whose fetches are not answered', () => {
    const watched = new Watched();
    watched.lane(4);
    watched.lane(1, { phase: 'opening' });
    watched.lane(3, { phase: 'opening' });
    watched.pass(11);
    assert.equal(
      describeStalls(watched.watch.stalls),
      'lanes 1, 3 have been opening for 10 s; no fetch of lane 4 has been answered for 10 s',
    );
  });

  it('leaves a lane alone that a gap has stopped', () => {
    const watched = new Watched();
    watched.lane(0, { phase: 'stopped', stopReason: 'a gap', lag: 7 });
    watched.pass(100);
    assert.deepEqual(watched.stalled, []);
  });

  it('counts the time of ticks alone: a process that was frozen has not stalled', () => {
    const watched = new Watched();
    watched.lane(0, { lag: 5 });
    watched.pass(1);
    const lanes = [...watched.lanes.values()];
    watched.watch.tick(3_600_000, {
      isMember: true,
      beats: 1,
      owesCommit: false,
      commits: 0,
      lanes,
    });
    assert.deepEqual(watched.stalled, []);
  });

  it('notices a group that has been silent for longer than sharing out lanes takes', () => {
    const watched = new Watched();
    watched.pass(1);
    watched.beats = false;
    watched.isMember = false;
    watched.pass(19);
    assert.deepEqual(watched.stalled, []);
    watched.pass(1);
    assert.deepEqual(watched.stalled, [null]);
    assert.match(describeStalls(watched.watch.stalls), /^the consumer group has not answered/);
  });

  it('notices a group that beats but acknowledges no commit, once something is to be committed', () => {
    const watched = new Watched();
    watched.pass(60);
    watched.owesCommit = true;
    watched.pass(60);
    assert.deepEqual(watched.stalled, [], 'each is acknowledged');
    watched.commits = false;
    watched.pass(19);
    assert.deepEqual(watched.stalled, []);
    watched.pass(1);
    assert.deepEqual(watched.stalled, [null]);
    assert.match(describeStalls(watched.watch.stalls), /has acknowledged no commit for 20 s$/);
  });

  it('waits twice as long after each restart that moved nothing, up to 10 minutes, and is quick again after one that did', () => {
    const watched = new Watched();
    watched.lane(0, { lag: 5 });
    const restartAt: number[] = [];
    for (let second = 1; second <= 2_000; second += 1) {
      watched.pass(1);
      if (!watched.watch.wantsRestart) continue;
      restartAt.push(second);
      watched.watch.restarted();
      // The new consumer has no lanes for a moment, and then the same one.
      watched.lanes.clear();
      watched.isMember = false;
      watched.pass(1);
      watched.isMember = true;
      watched.lane(0, { lag: 5 });
      assert.deepEqual(watched.stalled, [0], 'it is not well because it was restarted');
    }
    const waits = restartAt.slice(1).map((at, index) => at - (restartAt[index] ?? 0));
    // One of each wait's seconds passes without being counted in `second`.
    assert.deepEqual([restartAt[0], ...waits.slice(0, 6)], [11, 19, 39, 79, 159, 319, 599]);

    watched.lane(0, { lag: 0, moves: 1 });
    watched.pass(1, watched.answered(0));
    assert.deepEqual(watched.stalled, []);
    watched.lane(0, { lag: 5 });
    watched.pass(10);
    assert.equal(watched.watch.wantsRestart, true);
  });

  it('forgets a lane that went to another worker', () => {
    const watched = new Watched();
    watched.lane(0, { lag: 5 });
    watched.pass(11);
    watched.lanes.clear();
    watched.pass(1);
    assert.deepEqual(watched.stalled, []);
    watched.lane(0, { lag: 5 });
    watched.pass(10);
    assert.deepEqual(watched.stalled, [], 'it comes back as another');
  });
});
