import { decodeDeadLetter, type DeadLetter } from '../../../src/wire/dead-letter.js';
import { owedIn, recordsOf } from './owed.js';
import { lanes, topics } from './plan.js';
import { imageTopics } from './roles.js';
import { failureOf } from './row-models.js';
import { unreadable } from './traffic.js';
import type { World } from './world.js';

/** Dead letters by what they are of; of one thing there may be several. */
export function lettersByOrigin(world: World): Map<string, DeadLetter[]> {
  const letters = lanes.flatMap((lane) =>
    recordsOf(world, topics.deadLetter, lane).map(({ value }) =>
      decodeDeadLetter(value ?? Buffer.alloc(0)),
    ),
  );
  const byOrigin = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const { topic, lane, offset, item } = letter;
    const origin = [topic, lane, offset, item ?? ''].join(' ');
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), letter]);
  }
  return byOrigin;
}

/** Every dead letter that a world owes: topic, lane, offset of the record or of the item, code. */
export function owedLetters(world: World): string[] {
  return lanes.flatMap((lane) => [
    ...owedIn(world, lane).flatMap(({ record: { offset }, owed: it }) => {
      if (it.kind === 'letter') return [[topics.fixes, lane, offset, it.code].join(' ')];
      const failure = it.kind === 'item' ? failureOf(it.item.window) : null;
      if (failure === null) return [];
      return [[imageTopics[failure.stage - 1], lane, offset, failure.code].join(' ')];
    }),
    ...imageTopics.flatMap((topic) =>
      recordsOf(world, topic, lane)
        .filter(({ value }) => value?.equals(unreadable))
        .map(({ offset }) => [topic, lane, offset, 'UNKNOWN_FORMAT'].join(' ')),
    ),
  ]);
}
