import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviceOn, type RunningDivision } from '../../../src/observe/plan-advice.js';
import type { PlannedRun } from '../../../src/partition/planner/planned-run.js';
import { aRun, aStage } from './planned-runs.js';

const running: RunningDivision = { cuts: [7, 14], workers: [1, 1, 1] };

/** A run of 21 layers. */
function cutAt(cuts: readonly number[], workers: readonly number[] = [1, 1, 1]): PlannedRun {
  const borders = [0, ...cuts, 21];
  return aRun(
    borders.slice(1).map((to, at) => {
      const nodes = Array.from({ length: workers[at] ?? 1 }, (_, worker) => `n${at}-${worker}`);
      return aStage(borders[at] ?? 0, to, nodes);
    }),
  );
}

function advice(best: PlannedRun, gain = 1.2): string {
  return adviceOn(2, running, best, gain);
}

describe('advice on a stage that is slower than planned', () => {
  it('is which of its layers another stage should have, and what that would do', () => {
    assert.equal(
      advice(cutAt([7, 13])),
      '`stagecoach plan --measured` suggests moving its last layer to stage 3, for 1.20 × the items/s',
    );
    assert.match(advice(cutAt([9, 14])), /suggests moving its first 2 layers to stage 1,/);
    assert.match(
      advice(cutAt([8, 11])),
      /suggests moving its last 3 layers to stage 3 and moving its first layer to stage 1,/,
    );
  });

  it('is how many workers it should have, where the cuts are to stay', () => {
    assert.match(advice(cutAt([7, 14], [1, 2, 1])), /suggests 2 workers for it in place of 1,/);
    assert.match(advice(cutAt([7, 14], [2, 1, 1])), /suggests workers 2\+1\+1,/);
  });

  it('is the other cuts, where they do not concern it, and another number of stages', () => {
    assert.match(
      adviceOn(1, running, cutAt([7, 15]), 1.2),
      /suggests to cut before layers 7 and 15,/,
    );
    assert.match(
      advice(cutAt([10])),
      /suggests another number of stages: 2 workers, cut before layer 10,/,
    );
    assert.match(
      advice(aRun([aStage(0, 21, ['a', 'b', 'c'])])),
      /3 workers with a whole model each,/,
    );
  });

  it('is that no other cut helps, where the plan would be the same or hardly better', () => {
    assert.equal(advice(cutAt([7, 14])), 'no other cut helps');
    assert.equal(advice(cutAt([7, 13]), 1.01), 'no other cut helps');
    assert.equal(advice(cutAt([7, 13]), 0.8), 'no other cut helps');
  });
});
