import type { TrainFlags } from '../../src/cli/train.js';

/** The smallest training that has all that a training has. */
export const tinyTraining: Omit<TrainFlags, 'out'> = {
  split: { training: 70, validation: 10, test: 20 },
  splitSeed: 1,
  seed: 1,
  epochs: 1,
  units: 4,
  dropout: 0.1,
  batch: 32,
  learningRate: 1e-3,
  fleets: 1,
  vehicles: 4,
  days: 1,
  testHours: 1,
  validateEvery: 1_000,
  patience: 5,
  resume: false,
};
