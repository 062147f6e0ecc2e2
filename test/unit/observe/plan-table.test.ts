import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlanTable } from '../../../src/partition/planner/plan-table.js';
import { planSentences, type PlanWish } from '../../../src/observe/plan-sentences.js';
import { renderPlan } from '../../../src/observe/plan-table.js';
import { aRun, aStage, aTable } from './planned-runs.js';

const fastest: PlanWish = { goal: 'throughput', ratePerS: null, optimal: null };

function sentences(table: PlanTable, wish: Partial<PlanWish> = {}): string {
  return planSentences(table, { ...fastest, ...wish }).join('\n');
}

describe('the table of a plan', () => {
  it('looks like this in 100 columns without colour', () => {
    const lines = renderPlan(aTable(), fastest, { columns: 100, rich: false }).split('\n');
    assert.deepEqual(
      lines.map((line) => line.trimEnd()),
      [
        '',
        ' workers  cut before    a stage   bottleneck   items/s    even  latency   network   memory   energy',
        ` ${'-'.repeat(98)}`,
        '       1  uncut         1         1 processor      800     800    20 ms   16 MB/s   400 MB   1.6 uJ',
        '       2  11            1+1       2 processor    1,400   1,000    40 ms   28 MB/s   400 MB   3.2 uJ',
        '     > 3  11            2+1       2 processor    2,000   1,600    40 ms   40 MB/s   400 MB   3.2 uJ',
        '',
        ' Chosen: 3 workers, cut before layer 11 (2,000 items/s, 40 ms, 3.2 uJ an item): the highest',
        " throughput. Stage 2's processor is what holds it back.",
        ' The best cut does 1.05 x what 3 whole copies would.',
        ' An even cut over 3 workers (before layers 7 and 14) would do 1,600 items/s and 60 ms: the plan does',
        ' 1.25 x that.',
        '',
        ' stage  layers     compute       hop  items/s       in      out   memory   nodes',
        ` ${'-'.repeat(71)}`,
        ' 1      0-10        1.0 ms   0.25 ms    3,000     80 B    10 kB   400 MB   a, c',
        ' 2      11-20      0.40 ms   0.25 ms    2,000    10 kB     60 B   400 MB   b',
      ],
    );
  });

  it('leaves out columns where there is less room, and never the chosen row', () => {
    for (const columns of [60, 80, 100]) {
      for (const rich of [true, false]) {
        const text = renderPlan(aTable(), fastest, { columns, rich });
        assert.match(text, /> 3/);
        if (rich) continue;
        assert.match(text, /^[\n\x20-\x7e]*$/);
        const [head = ''] = text.split('\n stage ');
        for (const line of head.split('\n')) assert(line.trimEnd().length <= columns, line);
      }
    }
  });

  it('says where more workers are of no use, and where nothing fits', () => {
    const { byNodeCount } = aTable();
    const [, two = null, three = null] = byNodeCount;
    const table = aTable({ byNodeCount: [null, two, three, three] });
    const text = renderPlan(table, fastest, { columns: 100, rich: false });
    assert.match(text, /^ +1 {2}none/m);
    assert.match(text, /^ +4 {2}as with 3/m);
  });

  it('shows a plan that was asked for below the best ones', () => {
    const { chosen } = aTable();
    const wanted = aRun([aStage(0, 5, ['a']), aStage(5, 21, ['b'])], { strategy: 'manual' });
    const text = renderPlan(
      aTable({ chosen: wanted }),
      { ...fastest, optimal: chosen },
      { columns: 100, rich: false },
    );
    const marked = text.split('\n').filter((line) => line.includes('>'));
    assert.equal(marked.length, 1);
    assert.match(marked[0] ?? '', /> 2 {2}5 /);
    // 2,000 items/s against the 800 of its slowest stage.
    assert.match(text.replace(/\s+/g, ' '), /As asked for \(manual\).* is 2\.50 x as good/);
  });
});

describe('what is said of a plan', () => {
  const whole = aRun([aStage(0, 21, ['a', 'b', 'c'], { itemsPerS: 2_620 })]);

  it('is not to cut, where whole copies do more, and by how much', () => {
    // 2,620 / 2,000 = 1.31.
    const table = aTable({ chosen: whole, replicated: whole });
    assert.match(sentences(table), /3 whole copies do 1\.31 × the best cut: don't cut\./);
    assert.match(sentences(table), /^Chosen: 3 workers with a whole model each/);
  });

  it('is not to cut, where one worker alone is as good by the goal', () => {
    const single = aRun([aStage(0, 21, ['a'], { itemsPerS: 2_200 })]);
    const replicated = single;
    // 2,200 / 2,000 items/s; 20 ms against 40 ms.
    const table = aTable({ chosen: single, single, replicated });
    assert.match(sentences(table), /One worker by itself does 1\.10 × the best cut: don't cut\./);
    assert.match(
      sentences(table, { goal: 'latency' }),
      /One worker by itself takes 0\.50 × the time of the best cut: don't cut\./,
    );
    assert.match(
      sentences(table, { goal: 'energy' }),
      /One worker by itself takes 0\.50 × the energy of the best cut: don't cut\./,
    );
  });

  it('is that it has to be cut, where it fits nowhere whole', () => {
    const text = sentences(aTable({ single: null, replicated: null }));
    assert.match(text, /fits into no node's memory: it has to be cut/);
    assert.doesNotMatch(text, /don't cut/);
  });

  it('is what a cut is worth beside the single worker, where copies are no choice', () => {
    // 2,000 / 800.
    assert.match(
      sentences(aTable({ replicated: null })),
      /2\.50 × what one worker by itself would/,
    );
  });

  it('is that there is no cut, where there is none', () => {
    const single = aRun([aStage(0, 21, ['a'])]);
    const none = { bestCut: null, chosen: single, replicated: single, even: [single] };
    assert.match(sentences(aTable({ ...none, byNodeCount: [single] })), /too few for a cut/);
    assert.match(sentences(aTable(none)), /No cut fits into these nodes/);
  });

  it('names the goal, the rate and what holds the plan back', () => {
    const run = aRun([
      aStage(0, 11, ['a'], { itemsPerS: 900, limit: 'upload' }),
      aStage(11, 21, ['b'], { itemsPerS: 1_200 }),
    ]);
    const text = sentences(aTable({ chosen: run }), { goal: 'nodes', ratePerS: 850 });
    assert.match(text, /: the fewest workers that make 850 items\/s\. Stage 1's upload is what/);
  });

  it('is that an even cut does not fit, where it does not', () => {
    assert.match(sentences(aTable({ even: [] })), /An even cut does not fit into 3 workers\./);
  });

  it('is that a better plan may exist, where the planner is not sure', () => {
    assert.doesNotMatch(sentences(aTable()), /may exist|one may/);
    assert.match(sentences(aTable({ proof: 'cutShort' })), /given up: one may exist/);
    assert.match(sentences(aTable({ proof: 'kindsMerged' })), /a better plan may exist/);
  });
});
