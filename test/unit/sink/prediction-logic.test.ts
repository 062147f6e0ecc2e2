import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PipelineError } from '../../../src/errors.js';
import { Grid } from '../../../src/geo/grid.js';
import { predictionsOf } from '../../../src/sink/prediction-logic.js';
import { decodePrediction, encodePrediction } from '../../../src/wire/prediction.js';
import type { TensorBatch, WireTensor } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, floats, ints } from '../batch-fixture.js';

/** Cells 1 and 2 side by side, 3 south of 2; half a degree high and a degree wide. */
const grid = Grid.parse({
  name: 'test',
  version: 1,
  origin: { latitude: 37, longitude: 127 },
  cellSizeM: 50_000,
  cellSizeDeg: { latitude: 0.5, longitude: 1 },
  rows: 2,
  columns: 2,
  occupied: ['##', '.#'],
});
const frame = { grid, modelDigest: 'ab', lane: 4 };

const scores = aBatch({
  plan: 'p7',
  items: [
    anItem(10, { key: 'a', eventTimeMs: 1_000, ingestTimeMs: 1_100 }),
    anItem(12, {
      ...{ key: 'b', eventTimeMs: 2_000, ingestTimeMs: 2_100 },
      replay: { of: 3, broughtWindow: true },
    }),
  ],
  tensors: [
    ints('cells', [2, 2], [3, 1, 2, 0]),
    floats('probabilities', [2, 2], [0.5, 0.25, 0.75, 0.125]),
    ints('currentCell', [2], [2, 3]),
  ],
});

function withTensor(tensor: WireTensor): TensorBatch {
  const others = scores.tensors.filter(({ name }) => name !== tensor.name);
  return { ...scores, tensors: [...others, tensor] };
}

describe('the predictions of a batch', () => {
  it('say for each item where it may go next, best first, and of what it is a replay', () => {
    assert.deepEqual(predictionsOf(scores, frame, 9_000), [
      {
        vehicleId: 'a',
        eventTimeMs: 1_000,
        cell: 2,
        candidates: [
          { cell: 3, latitude: 36.25, longitude: 128.5, probability: 0.5 },
          { cell: 1, latitude: 36.75, longitude: 127.5, probability: 0.25 },
        ],
        modelDigest: 'ab',
        plan: 'p7',
        lane: 4,
        offset: 10,
        ingestTimeMs: 1_100,
        predictedTimeMs: 9_000,
        replayOf: null,
      },
      {
        vehicleId: 'b',
        eventTimeMs: 2_000,
        cell: 3,
        candidates: [
          { cell: 2, latitude: 36.75, longitude: 128.5, probability: 0.75 },
          { cell: 0, latitude: null, longitude: null, probability: 0.125 },
        ],
        modelDigest: 'ab',
        plan: 'p7',
        lane: 4,
        offset: 12,
        ingestTimeMs: 2_100,
        predictedTimeMs: 9_000,
        replayOf: 3,
      },
    ]);
  });

  it('come back from their records as they were, cell 0 and float32 included', () => {
    const third = withTensor(floats('probabilities', [2, 2], [1 / 3, 0, 1, 0.1]));
    for (const prediction of predictionsOf(third, frame, 9_000)) {
      assert.deepEqual(decodePrediction(encodePrediction(prediction)), prediction);
    }
  });

  it('leave out an item that has failed, and its neighbours keep their own rows', () => {
    const [first, second] = scores.items;
    assert.ok(first && second);
    const failure = { code: 'NOT_FINITE', message: 'NaN', stage: 2 };
    const batch = { ...scores, items: [{ ...first, failure }, second] };
    assert.deepEqual(
      predictionsOf(batch, frame, 9_000).map(({ vehicleId, cell, candidates }) => {
        return { vehicleId, cell, cells: candidates.map((candidate) => candidate.cell) };
      }),
      [{ vehicleId: 'b', cell: 3, cells: [2, 0] }],
    );
  });

  it('are none where no fix gave an item', () => {
    const tensors = [
      ints('cells', [0, 2], []),
      floats('probabilities', [0, 2], []),
      ints('currentCell', [0], []),
    ];
    assert.deepEqual(predictionsOf(aBatch({ tensors }), frame, 9_000), []);
  });

  const noPredictions: readonly (readonly [string, TensorBatch])[] = [
    ...scores.tensors.map(({ name }, at): [string, TensorBatch] => [
      `lack "${name}"`,
      { ...scores, tensors: scores.tensors.toSpliced(at, 1) },
    ]),
    ['have cells that are floats', withTensor(floats('cells', [2, 2], [3, 1, 2, 0]))],
    ['have cells of one item only', withTensor(ints('cells', [1, 2], [3, 1]))],
    ['have fewer probabilities', withTensor(floats('probabilities', [2, 1], [0.5, 0.75]))],
    ['have a current cell too many', withTensor(ints('currentCell', [2, 2], [1, 2, 3, 3]))],
    ['have a cell beyond the grid', withTensor(ints('cells', [2, 2], [3, 4, 2, 0]))],
    ['have a cell below 0', withTensor(ints('cells', [2, 2], [3, 1, 2, -1]))],
  ];
  for (const [what, batch] of noPredictions) {
    it(`are refused as INVALID_TENSOR where the scores ${what}`, () => {
      assert.throws(
        () => predictionsOf(batch, frame, 9_000),
        (thrown) =>
          thrown instanceof PipelineError &&
          thrown.code === 'INVALID_TENSOR' &&
          thrown.disposition === 'deadLetter',
      );
    });
  }
});
