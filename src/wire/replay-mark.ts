import type { DeadLetter } from './dead-letter.js';

/** Where something was before it became a dead letter; unique in its cluster. */
export type Origin = Pick<DeadLetter, 'topic' | 'lane' | 'offset' | 'item'>;

/**
 * Header of a record of the fixes topic that is a dead letter sent again, and of the record in the
 * dead-letter topic which says that this was done: the original's {@link originText}.
 */
export const replayOfHeader = '__stagecoach.replay.of';

/** An origin as text: `topic/lane/offset`, and `#item` behind it where one item only failed. */
export function originText({ topic, lane, offset, item }: Origin): string {
  return `${topic}/${lane}/${offset}${item === null ? '' : `#${item}`}`;
}

/**
 * What a record is a replay of, by its headers.
 *
 * @returns null where it is none: anybody may write fixes, and a header that is no origin says nothing
 */
export function replayOrigin(headers: Readonly<Record<string, Buffer>>): Origin | null {
  const text = headers[replayOfHeader]?.toString() ?? '';
  const [, topic, lane, offset, item] =
    /^([\w.-]{1,249})\/(\d{1,10})\/(\d{1,15})(?:#(\d{1,15}))?$/.exec(text) ?? [];
  if (topic === undefined) return null;
  return {
    topic,
    lane: Number(lane),
    offset: Number(offset),
    item: item === undefined ? null : Number(item),
  };
}

/**
 * What a replayed fix, its item and its prediction say that they are a replay of.
 *
 * @param at where the replayed fix is now
 * @returns the offset of the original's fix in the same lane, or −1 where it had none there
 */
export function replayedOffset(
  { topic, lane, offset, item }: Origin,
  at: { readonly fixesTopic: string; readonly lane: number },
): number {
  if (lane !== at.lane) return -1;
  if (item !== null) return item;
  return topic === at.fixesTopic ? offset : -1;
}
