/**
 * Windower, stages and sink, with their own code, over a Kafka in memory: duplicates, overlaps,
 * restarts, zombies and late arrivals in any order. The broker runs of test/integration are the
 * proof that this Kafka is like the real one.
 *
 * Each rule was broken once, to see these properties (and others) go red:
 *
 * | broken rule                                       | red                          |
 * | ------------------------------------------------- | ---------------------------- |
 * | overlaps are not trimmed                          | seen once, dead letters      |
 * | records that end before the position not dropped  | all but order and windows    |
 * | a start ignores the output's end                  | not written a second time    |
 * | a start reads the input from its end              | missing, image, gap          |
 * | vehicles are not restored, or not all of them     | windows, image, missing      |
 * | … not far enough back, or without the clock step  | windows, image, dead letters |
 * | … beyond where the worker goes on                 | dead letters                 |
 * | … from overlaps as well                           | missing, image, windows      |
 * | a vehicle is forgotten by others' clocks          | image, dead letters          |
 * | the next request does not wait for the one before | missing, gap, image          |
 * | progress is told before it is acknowledged        | missing, gap, image          |
 * | the sink does not fence                           | seen once, missing           |
 * | … looks where it stands before it fences          | seen once                    |
 * | … ignores the predictions that are there          | seen once                    |
 * | … goes on after a refused write                   | missing                      |
 * | a failed item is left out, or its batch fails     | image, dead letters, missing |
 * | dead letters are not waited for                   | dead letters                 |
 * | keyless fixes are not waited for                  | a fix without a key          |
 * | a lane that rests tells nothing                   | image                        |
 * | a commit ahead of the output's end is used        | missing, gap, image          |
 * | a sink scores before its output is acknowledged   | scored twice                 |
 *
 * Not red, as they only repeat work: a start that takes the output's last record for its highest,
 * and a sink that reads its input from the beginning.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BrokerError } from '../../../src/broker/errors.js';
import { anyActions, restartsOnly, type Action } from './actions.js';
import { imageOf, verdictOn } from './judgement.js';
import { lettersByOrigin } from './letters.js';
import {
  badThingsHaveOneLetter,
  keylessFixesAreSentOn,
  lanesAreInOrder,
  nobodyFails,
  nothingIsMissing,
  nothingIsRepeated,
  nothingIsWrittenTwice,
  predictionsAreRight,
  scoresAreTrue,
  topicsAreImages,
  type Property,
} from './properties.js';
import { rareCases } from './rare-cases.js';
import { imageTopics } from './roles.js';
import { World } from './world.js';

/** The same worlds are made for every property, and judged once by all of them. */
const seed = Date.now();
const judged = new Map<string, Promise<ReadonlyMap<Property, unknown>>>();

const properties: readonly Property[] = [
  nothingIsMissing,
  nothingIsRepeated,
  lanesAreInOrder,
  predictionsAreRight,
  nobodyFails,
  topicsAreImages,
  badThingsHaveOneLetter,
  keylessFixesAreSentOn,
  scoresAreTrue,
];

/** What each property that does not hold after these actions says. */
async function judge(actions: readonly Action[]): Promise<ReadonlyMap<Property, unknown>> {
  const world = await World.after(actions);
  const broken = new Map<Property, unknown>();
  for (const property of properties) {
    await property(world).catch((error: unknown) => broken.set(property, error));
  }
  return broken;
}

async function alwaysHolds(property: Property): Promise<void> {
  const holds = fc.asyncProperty(anyActions, async (actions) => {
    const key = JSON.stringify(actions);
    const judgement = judged.get(key) ?? judge(actions);
    judged.set(key, judgement);
    const broken = await judgement;
    if (broken.has(property)) throw broken.get(property);
  });
  await fc.assert(holds, {
    numRuns: 1_200,
    seed,
    examples: rareCases.map((actions): [readonly Action[]] => [actions]),
  });
}

describe('whatever happens to workers, requests and answers', () => {
  it('no prediction that is owed is missing', () => alwaysHolds(nothingIsMissing));

  it('a reader sees each prediction once', () => alwaysHolds(nothingIsRepeated));

  it('predictions come in the order of their lane', () => alwaysHolds(lanesAreInOrder));

  it("each prediction is the uncut model's for the window that the rules make", () =>
    alwaysHolds(predictionsAreRight));

  it('no lane reports a gap, and no worker fails', () => alwaysHolds(nobodyFails));

  it('each topic between the workers is, record for record, the image of the one before', () =>
    alwaysHolds(topicsAreImages));

  it('what is bad has its dead letter, alone, and once but for copies', () =>
    alwaysHolds(badThingsHaveOneLetter));

  it('a fix without a key comes to the lane of its vehicle', () =>
    alwaysHolds(keylessFixesAreSentOn));

  it('a prediction is scored by its vehicle’s next cell, and never twice', () =>
    alwaysHolds(scoresAreTrue));
});

it('the worlds have in them what they are about', async () => {
  const totals = {
    expected: 0,
    failed: 0,
    overlaps: 0,
    fenced: 0,
    letters: 0,
    copies: 0,
    scored: 0,
  };
  for (const actions of fc.sample(anyActions, { numRuns: 200, seed: 1 })) {
    const world = await World.after(actions);
    const { expected, failed } = await verdictOn(world);
    const letters = [...lettersByOrigin(world).values()];
    totals.expected += expected;
    totals.failed += failed;
    totals.fenced += world.workers.filter(({ failure }) => failure instanceof BrokerError).length;
    totals.letters += letters.length;
    totals.scored += world.outcomes.length;
    totals.copies += letters.filter(({ length }) => length > 1).length;
    for (const topic of imageTopics) totals.overlaps += imageOf(world, topic, 0).overlaps.length;
  }
  for (const [what, count] of Object.entries(totals)) assert.ok(count > 20, `${what}: ${count}`);
});

describe('where workers only die and are replaced', () => {
  it('what reached the broker before is not written a second time', async () => {
    const holds = fc.asyncProperty(restartsOnly, async (actions) => {
      await nothingIsWrittenTwice(await World.after(actions, { zombies: false }));
    });
    await fc.assert(holds, { numRuns: 200 });
  });
});
