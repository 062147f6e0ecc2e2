import { ExpectedItems } from '../../src/observe/expected-items.js';
import type { LoggedFix } from '../../src/observe/referee.js';
import type { JudgedLetter } from './decode.js';
import type { Law } from './judge.js';
import { answersTo } from './uncut-rows.js';

/** One record of the topic of fixes. */
export interface JudgedFix extends LoggedFix {
  readonly isKeyless: boolean;
}

/** Dead letters that the fixes of a lane call for. */
export interface LettersDue {
  /** Codes by the offset of the fix; null where any will do. */
  readonly fixes: ReadonlyMap<number, string | null>;
  /** Offsets of fixes whose windows the network can't digest. */
  readonly failed: ReadonlySet<number>;
}

/** Part of a lane of fixes. */
export interface LanePart {
  readonly lane: number;
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
}

/**
 * Whether a letter is about a fix of this part, or about the item that was made of it. One about a
 * whole record of another topic can't be told from its place: it is of every part of its lane.
 */
export function isOf(fixesTopic: string, letter: JudgedLetter, part: LanePart): boolean {
  if (letter.lane !== part.lane) return false;
  if (letter.topic !== fixesTopic && letter.item === null) return true;
  const fix = letter.item ?? letter.offset;
  return fix >= part.from && fix < part.to;
}

/** @param from the first fix that is judged; those before it say what their vehicles' windows are */
export function lettersDue(law: Law, from: number, fixes: readonly JudgedFix[]): LettersDue {
  const items = new ExpectedItems(law.grid, law.rules);
  const due = new Map<number, string | null>();
  const owed: { readonly offset: number; readonly window: readonly number[] }[] = [];
  for (const { offset, fix, ingestTimeMs, isKeyless } of fixes) {
    const ruling = fix === null ? 'unreadable' : items.rule(fix, ingestTimeMs);
    if (offset < from || ruling === 'stayed') continue;
    if (typeof ruling !== 'string') owed.push({ offset, window: ruling.window });
    else if (ruling !== 'unreadable') due.set(offset, ruling);
    // One without a key is sent on to its vehicle's lane instead.
    else if (!isKeyless) due.set(offset, null);
  }
  const windows = owed.map(({ window }) => window);
  const answers = answersTo(law.uncut, windows);
  const failed = owed.filter((_, at) => answers[at] === null).map(({ offset }) => offset);
  return { fixes: due, failed: new Set(failed) };
}

/**
 * Every letter that is due must be there, and no other. One that is there twice counts as one: a
 * worker that is killed between a letter and its coverage leaves it so.
 *
 * @returns what is wrong, in words
 */
export function compareLetters(
  fixesTopic: string,
  due: LettersDue,
  letters: readonly JudgedLetter[],
): string[] {
  const ofFixes = letters.filter(({ topic }) => topic === fixesTopic);
  const ofItems = letters.filter(({ topic }) => topic !== fixesTopic);
  const there = new Set(ofFixes.map(({ offset }) => offset));
  const failed = new Set(ofItems.map(({ item }) => item));
  const wrong: string[] = [];
  for (const offset of due.fixes.keys()) {
    if (!there.has(offset)) wrong.push(`the fix ${offset} has no dead letter`);
  }
  for (const offset of due.failed) {
    if (!failed.has(offset)) wrong.push(`the item of the fix ${offset} has no dead letter`);
  }
  for (const { offset, code } of ofFixes) {
    const expected = due.fixes.get(offset);
    if (expected === undefined) wrong.push(`the fix ${offset} has a dead letter, ${code}`);
    else if (expected !== null && expected !== code) {
      wrong.push(`the dead letter of the fix ${offset} says ${code} instead of ${expected}`);
    }
  }
  for (const { topic, offset, item, code } of ofItems) {
    if (item === null) wrong.push(`the record ${offset} of ${topic} has a dead letter, ${code}`);
    else if (!due.failed.has(item)) {
      wrong.push(`the item of the fix ${item} has a dead letter, ${code}`);
    }
  }
  return wrong;
}
