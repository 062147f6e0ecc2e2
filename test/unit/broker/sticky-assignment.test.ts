import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assignSticky, type GroupMember } from '../../../src/broker/sticky-assignment.js';

function lanesUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, lane) => lane);
}

function asMembers(assigned: ReadonlyMap<string, readonly number[]>): GroupMember[] {
  return [...assigned].map(([id, owned]) => ({ id, owned }));
}

/** Every lane once, no member two more than another, and each one's in ascending order. */
function assertFair(assigned: ReadonlyMap<string, readonly number[]>, lanes: number): void {
  const all = [...assigned.values()].flat().sort((a, b) => a - b);
  assert.deepEqual(all, lanesUpTo(lanes));
  const counts = [...assigned.values()].map((mine) => mine.length);
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `uneven: ${counts.join()}`);
  for (const mine of assigned.values())
    assert.deepEqual(
      mine,
      mine.toSorted((a, b) => a - b),
    );
}

/** Lanes that are not with the member that had them. */
function moved(before: readonly GroupMember[], after: ReadonlyMap<string, readonly number[]>) {
  const hadBy = new Map(before.flatMap(({ id, owned }) => owned.map((lane) => [lane, id])));
  return [...after].flatMap(([id, mine]) => mine.filter((lane) => hadBy.get(lane) !== id)).length;
}

/**
 * The fewest moves there can be: in an even share-out each member has `share` lanes and `extra` of
 * them one more, so at best each keeps `share` of what it had and `extra` of them one more.
 */
function fewestMoves(members: readonly GroupMember[], lanes: number): number {
  const share = Math.floor(lanes / members.length);
  const extra = lanes % members.length;
  const richer = members.filter(({ owned }) => owned.length > share).length;
  const kept = members.reduce((sum, { owned }) => sum + Math.min(owned.length, share), 0);
  return lanes - kept - Math.min(extra, richer);
}

describe('sticky assignment', () => {
  it('takes from each what is over its share when a third member joins', () => {
    const members = [
      { id: 'a', owned: [0, 2, 4] },
      { id: 'b', owned: [1, 3, 5] },
      { id: 'c', owned: [] },
    ];
    assert.deepEqual(
      assignSticky(members, lanesUpTo(6)),
      new Map([
        ['a', [0, 2]],
        ['b', [1, 3]],
        ['c', [4, 5]],
      ]),
    );
  });

  it('gives the lanes of one that left to the others, who keep theirs', () => {
    const members = [
      { id: 'a', owned: [0, 2] },
      { id: 'b', owned: [1, 3] },
    ];
    const assigned = assignSticky(members, lanesUpTo(6));
    assertFair(assigned, 6);
    assert.equal(moved(members, assigned), 2);
  });

  it('has nothing for a member where there are fewer lanes than members', () => {
    const members = ['a', 'b', 'c'].map((id) => ({ id, owned: [] }));
    const assigned = assignSticky(members, [0, 1]);
    assertFair(assigned, 2);
    assert.equal(assigned.size, 3);
  });

  it('is even and moves as little as can be, whoever joins and leaves', () => {
    const changes = fc.array(
      fc.record({
        joins: fc.nat({ max: 3 }),
        leaves: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), changes, (lanes, all) => {
        let members: GroupMember[] = [{ id: 'member 0', owned: [] }];
        let named = 1;
        for (const { joins, leaves } of all) {
          const stay = members.filter((_, at) => at === 0 || !leaves.includes(at));
          const join = Array.from({ length: joins }, () => ({
            id: `member ${named++}`,
            owned: [],
          }));
          const before = [...stay, ...join];
          const after = assignSticky(before, lanesUpTo(lanes));
          assertFair(after, lanes);
          assert.equal(moved(before, after), fewestMoves(before, lanes));
          members = asMembers(after);
        }
      }),
    );
  });

  it('is fair whatever members believe to own, and the same in whatever order they come', () => {
    const claims = fc.uniqueArray(
      fc.record({
        id: fc.string({ maxLength: 3 }),
        owned: fc.array(fc.integer({ min: -2, max: 30 }), { maxLength: 30 }),
      }),
      { minLength: 1, maxLength: 8, selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(claims, fc.integer({ min: 1, max: 25 }), (members, lanes) => {
        const assigned = assignSticky(members, lanesUpTo(lanes));
        assertFair(assigned, lanes);
        const reversed = assignSticky([...members].reverse(), lanesUpTo(lanes).reverse());
        assert.deepEqual(new Map([...reversed].sort()), new Map([...assigned].sort()));
      }),
    );
  });
});
