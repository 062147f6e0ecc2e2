import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judgement } from '../../fault/judge.js';
import type { Candidate, Prediction } from '../../../src/wire/prediction.js';
import { third, thirdAndABit } from '../observe/toy-run.js';
import {
  fixLetter,
  itemLetter,
  judgementOf,
  recordLetter,
  soundRun,
  type WrittenPrediction,
} from './judged-run.js';

const { fixes, predictions, letters } = soundRun;

/** Lane 0: 102, 103, 105 … 109. Lane 1: 0, 1, 3, 9, 10, 11. */
const sound = { expected: 13, lost: 0, repeated: 0, reordered: 0, wrong: 0, poisoned: 2 };

/** Where the prediction of a fix is among those of both lanes. */
function placeOf(lane: number, offset: number): number {
  const place = predictions.findIndex(
    ({ prediction }) => prediction?.lane === lane && prediction.offset === offset,
  );
  assert.notEqual(place, -1, `the sound run has no prediction of lane ${lane}, offset ${offset}`);
  return place;
}

function writtenAt(lane: number, offset: number): WrittenPrediction & { prediction: Prediction } {
  const written = predictions[placeOf(lane, offset)];
  const prediction = written?.prediction ?? null;
  assert.ok(written && prediction);
  return { ...written, prediction };
}

/** The run with one prediction changed. */
function altered(lane: number, offset: number, change: Partial<Prediction>): Promise<Judgement> {
  const written = writtenAt(lane, offset);
  const changed = { ...written, prediction: { ...written.prediction, ...change } };
  return judgementOf({ predictions: predictions.with(placeOf(lane, offset), changed) });
}

function withFirst(lane: number, offset: number, change: Partial<Candidate>): readonly Candidate[] {
  const [first, second] = writtenAt(lane, offset).prediction.candidates;
  assert.ok(first && second);
  return [{ ...first, ...change }, second];
}

describe('the judge of a run', () => {
  it('finds nothing wrong with a sound run, and counts what had to come out', async () => {
    assert.deepEqual(await judgementOf({}), { ...sound, faults: [] });
  });

  it('catches one lost prediction', async () => {
    assert.deepEqual(
      await judgementOf({ predictions: predictions.toSpliced(placeOf(0, 105), 1) }),
      { ...sound, lost: 1, faults: ['lane 0, offset 105 has no prediction (vehicle é\tb)'] },
    );
  });

  it('catches one repeated prediction, also far behind the first', async () => {
    const repeated = [...predictions, writtenAt(0, 103)];
    assert.deepEqual(await judgementOf({ predictions: repeated }), {
      ...sound,
      repeated: 1,
      faults: ['lane 0, offset 103 has a prediction that was there before'],
    });
  });

  it('catches two predictions of a lane that changed places', async () => {
    const swapped = predictions
      .with(placeOf(0, 106), writtenAt(0, 107))
      .with(placeOf(0, 107), writtenAt(0, 106));
    assert.deepEqual(await judgementOf({ predictions: swapped }), {
      ...sound,
      reordered: 1,
      faults: [
        'lane 0, offset 107 has its prediction after that of offset 105 and before that of offset 106',
      ],
    });
  });

  it('asks for no order between lanes', async () => {
    assert.deepEqual(
      await judgementOf({ predictions: predictions.toSorted((a, b) => b.inLane - a.inLane) }),
      { ...sound, faults: [] },
    );
  });

  it('catches one bit of one probability', async () => {
    // The bits of the two float32 numbers next to each other: 3eaaaaab and 3eaaaaac.
    assert.equal(Buffer.from(Float32Array.of(third).buffer).readUInt32LE(), 0x3eaaaaab);
    const candidates = withFirst(1, 3, { probability: thirdAndABit });
    assert.deepEqual(await altered(1, 3, { candidates }), {
      ...sound,
      wrong: 1,
      faults: [
        'lane 1, offset 3 differs: probability of candidate 1 is 0.3333333730697632 (3eaaaaac), must be 0.3333333432674408 (3eaaaaab)',
      ],
    });
  });

  it('catches another predicted cell', async () => {
    assert.deepEqual(await altered(1, 11, { candidates: withFirst(1, 11, { cell: 5 }) }), {
      ...sound,
      wrong: 1,
      faults: ['lane 1, offset 11 differs: cell of candidate 1 is 5, must be 4'],
    });
  });

  it('catches a prediction with the offset of a fix that owes none, and the one that is lost', async () => {
    assert.deepEqual(await altered(0, 105, { offset: 104 }), {
      ...sound,
      lost: 1,
      wrong: 1,
      faults: [
        'lane 0, offset 104 has a prediction, but its fix stays in the same cell',
        'lane 0, offset 105 has no prediction (vehicle é\tb)',
      ],
    });
  });

  it('catches a prediction with the offset of another, and the one that is lost', async () => {
    assert.deepEqual(await altered(0, 105, { offset: 103 }), {
      ...sound,
      lost: 1,
      repeated: 1,
      faults: [
        'lane 0, offset 103 has a prediction that was there before',
        'lane 0, offset 105 has no prediction (vehicle é\tb)',
      ],
    });
  });

  it('catches a prediction under another key than its vehicle', async () => {
    const written = { ...writtenAt(0, 102), key: 'c' };
    assert.deepEqual(
      await judgementOf({ predictions: predictions.with(placeOf(0, 102), written) }),
      {
        ...sound,
        wrong: 1,
        faults: ['lane 0, offset 102 has a prediction of vehicle a with the key c'],
      },
    );
  });

  it('catches one prediction that nothing calls for', async () => {
    const written = writtenAt(1, 11);
    const invented = { ...written, prediction: { ...written.prediction, offset: 8 } };
    assert.deepEqual(await judgementOf({ predictions: [...predictions, invented] }), {
      ...sound,
      wrong: 1,
      faults: ['lane 1, offset 8 has a prediction, but no item is owed for it'],
    });
  });

  it('asks nothing of fixes before and behind the part that it judges', async () => {
    const outside = [100, 101].map((offset) => placeOf(0, offset));
    const inside = predictions.filter((_, place) => !outside.includes(place));
    assert.deepEqual(await judgementOf({ predictions: inside }), { ...sound, faults: [] });
    const behind = { ...writtenAt(0, 109).prediction, offset: 110, vehicleId: 'é\tb' };
    const early = [...predictions, { inLane: 0, key: 'é\tb', prediction: behind }];
    assert.deepEqual(await judgementOf({ predictions: early }), { ...sound, faults: [] });
  });

  it('takes a record without a value for none', async () => {
    const mark = { inLane: 0, key: 'mark', prediction: null };
    assert.deepEqual(await judgementOf({ predictions: [mark, ...predictions] }), {
      ...sound,
      faults: [],
    });
  });

  it('catches one acknowledged fix that is not in its topic', async () => {
    assert.deepEqual(await judgementOf({ fixes: fixes.filter(({ offset }) => offset !== 104) }), {
      ...sound,
      lost: 1,
      faults: ['the acknowledged fix at lane and offset 0 104 is not in its topic'],
    });
  });

  it('catches one acknowledged fix that is not there as it was sent', async () => {
    const changed = fixes.map((fix) => (fix.offset === 5 ? { ...fix, value: '{"vehicle' } : fix));
    assert.deepEqual(await judgementOf({ fixes: changed }), {
      ...sound,
      lost: 1,
      faults: ['the acknowledged fix at lane and offset 1 5 is not in its topic'],
    });
  });
});

describe('the judge of dead letters', () => {
  const without = (offset: number) =>
    letters.filter((letter) => (letter.item ?? letter.offset) !== offset);

  it('catches one that is missing, of a fix and of an item', async () => {
    const missing: readonly (readonly [number, string])[] = [
      [5, 'lane 1: the fix 5 has no dead letter'],
      [6, 'lane 1: the fix 6 has no dead letter'],
      [2, 'lane 1: the item of the fix 2 has no dead letter'],
      [4, 'lane 1: the item of the fix 4 has no dead letter'],
    ];
    for (const [offset, fault] of missing) {
      assert.deepEqual(await judgementOf({ letters: without(offset) }), {
        ...sound,
        wrong: 1,
        faults: [fault],
      });
    }
  });

  it('catches one of a fix too many', async () => {
    const more = [...letters, fixLetter(0, 104, 'FIX_TOO_LATE')];
    assert.deepEqual(await judgementOf({ letters: more }), {
      ...sound,
      wrong: 1,
      faults: ['lane 0: the fix 104 has a dead letter, FIX_TOO_LATE'],
    });
  });

  it('catches one that gives another reason', async () => {
    const other = [...without(7), fixLetter(1, 7, 'FIX_IN_FUTURE')];
    assert.deepEqual(await judgementOf({ letters: other }), {
      ...sound,
      wrong: 1,
      faults: [
        'lane 1: the dead letter of the fix 7 says FIX_IN_FUTURE instead of FIX_NOT_PLAUSIBLE',
      ],
    });
  });

  it('takes one that is there twice for one: a killed worker may leave it so', async () => {
    assert.deepEqual(await judgementOf({ letters: [...letters, ...letters] }), {
      ...sound,
      faults: [],
    });
  });

  it('catches a prediction of an item that the network can’t digest', async () => {
    const written = writtenAt(1, 1);
    const made = { ...written, prediction: { ...written.prediction, offset: 2, cell: 8 } };
    assert.deepEqual(
      await judgementOf({ predictions: predictions.toSpliced(placeOf(1, 3), 0, made) }),
      {
        ...sound,
        wrong: 1,
        faults: ['lane 1, offset 2 has a prediction, but its item went to the dead-letter topic'],
      },
    );
  });

  it('catches a neighbour of a poisoned item that was given up with it', async () => {
    const givenUp = {
      letters: [...letters, itemLetter(1, 3)],
      predictions: predictions.toSpliced(placeOf(1, 3), 1),
    };
    assert.deepEqual(await judgementOf(givenUp), {
      ...sound,
      lost: 1,
      wrong: 1,
      faults: [
        'lane 1: the item of the fix 3 has a dead letter, ITEM_FAILED',
        'lane 1, offset 3 has no prediction (vehicle c)',
      ],
    });
  });

  it('catches a neighbour that has a dead letter beside its prediction', async () => {
    assert.deepEqual(await judgementOf({ letters: [...letters, itemLetter(1, 1)] }), {
      ...sound,
      wrong: 1,
      faults: ['lane 1: the item of the fix 1 has a dead letter, ITEM_FAILED'],
    });
  });

  it('catches one of a whole record between stages, wherever it lay', async () => {
    assert.deepEqual(await judgementOf({ letters: [...letters, recordLetter(1, 7_000)] }), {
      ...sound,
      wrong: 1,
      faults: ['lane 1: the record 7000 of taxi.p1.stage-2 has a dead letter, UNREADABLE'],
    });
  });

  it('leaves those of other parts of the run to their judgement', async () => {
    const others = [fixLetter(0, 110, 'FIX_TOO_LATE'), itemLetter(0, 101), itemLetter(1, 12)];
    assert.deepEqual(await judgementOf({ letters: [...letters, ...others] }), {
      ...sound,
      faults: [],
    });
  });
});
