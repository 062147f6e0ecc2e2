import assert from 'node:assert/strict';
import { imageOf, verdictOn } from './judgement.js';
import { lettersByOrigin, owedLetters } from './letters.js';
import { owedIn } from './owed.js';
import { lanes, topics } from './plan.js';
import { imageTopics } from './roles.js';
import { failureOf } from './row-models.js';
import { nameOf, possibleOutcomes } from './scores.js';
import type { World } from './world.js';

/** What must be so in a world; rejects where it isn't. */
export type Property = (world: World) => Promise<void>;

export const nothingIsMissing: Property = async (world) => {
  const { missing, faults } = await verdictOn(world);
  assert.equal(missing, 0, JSON.stringify(faults));
};

export const nothingIsRepeated: Property = async (world) => {
  const { repeated, faults } = await verdictOn(world);
  assert.equal(repeated, 0, JSON.stringify(faults));
};

export const lanesAreInOrder: Property = async (world) => {
  const { outOfOrder, faults } = await verdictOn(world);
  assert.equal(outOfOrder, 0, JSON.stringify(faults));
};

export const predictionsAreRight: Property = async (world) => {
  const { altered, unexpected, faults } = await verdictOn(world);
  assert.equal(altered + unexpected, 0, JSON.stringify(faults));
};

export const nobodyFails: Property = async (world) => {
  await Promise.resolve();
  assert.deepEqual(world.faults, []);
};

/** Every topic between the workers says the same of the same fixes, in the same records. */
export const topicsAreImages: Property = async (world) => {
  await Promise.resolve();
  for (const lane of lanes) {
    const images = imageTopics.map((topic) => imageOf(world, topic, lane));
    const [first] = images;
    const end = first?.records.at(-1)?.covers.to ?? 0;
    assert.equal(end, world.kafka.lane(topics.fixes, lane).end, 'all fixes are accounted for');
    const owed = owedIn(world, lane).flatMap(({ record, owed: it }) =>
      it.kind === 'item' ? [{ offset: record.offset, failure: failureOf(it.item.window) }] : [],
    );
    for (const [stage, { gaps, records }] of images.entries()) {
      assert.deepEqual(gaps, []);
      assert.deepEqual(
        records.map(({ covers }) => covers),
        first?.records.map(({ covers }) => covers),
      );
      const found = records.flatMap(({ items }) => items);
      assert.deepEqual(
        found.map(({ offset, failure }) => [offset, failure?.code, failure?.stage]),
        owed.map(({ offset, failure }) => {
          const failed = failure !== null && failure.stage <= stage ? failure : undefined;
          return [offset, failed?.code, failed?.stage];
        }),
      );
    }
  }
};

/** What is bad has a dead letter, and nothing else has; letters written twice have one origin. */
export const badThingsHaveOneLetter: Property = async (world) => {
  await Promise.resolve();
  const found = [...lettersByOrigin(world).values()].flatMap(([letter]) => {
    if (letter === undefined) return [];
    const { topic, lane, offset, item, code } = letter;
    return [[topic, lane, item ?? offset, code].join(' ')];
  });
  assert.deepEqual(found.sort(), owedLetters(world).sort());
};

export const keylessFixesAreSentOn: Property = async (world) => {
  await Promise.resolve();
  const owed = lanes.flatMap((lane) => owedIn(world, lane));
  const withKey = new Set(
    owed.flatMap(({ record }) => (record.key === null ? [] : [String(record.value)])),
  );
  for (const { record, owed: it } of owed) {
    if (it.kind === 'keyless') assert.ok(withKey.has(String(record.value)));
  }
};

/** Whoever else has had the lane, no prediction is scored twice or by another vehicle's cell. */
export const scoresAreTrue: Property = async (world) => {
  await Promise.resolve();
  const left = new Map(possibleOutcomes(world));
  for (const name of world.outcomes.map(nameOf)) {
    const times = left.get(name) ?? 0;
    assert.ok(times > 0, `${name} was told, and did not happen so often`);
    left.set(name, times - 1);
  }
};

export const nothingIsWrittenTwice: Property = async (world) => {
  await Promise.resolve();
  for (const lane of lanes) {
    for (const topic of imageTopics) assert.deepEqual(imageOf(world, topic, lane).overlaps, []);
  }
};
