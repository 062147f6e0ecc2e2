import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laneOf } from '../../../../src/broker/lane-of.js';
import { PipelineError } from '../../../../src/errors.js';
import { judgeFix, type Judgement } from '../../../../src/producer/replay/judgement.js';
import { countsByCode, selectLetters } from '../../../../src/producer/replay/letter-filter.js';
import { parseRepairs } from '../../../../src/producer/replay/repairs.js';
import type { BuriedLetter } from '../../../../src/broker/dead-letter-log.js';
import type { DeadLetter } from '../../../../src/wire/dead-letter.js';
import { encodeGeoFix } from '../../../../src/wire/geo-fix.js';
import { originText, replayedOffset, replayOrigin } from '../../../../src/wire/replay-mark.js';

const nowMs = 1_709_478_000_000;
const fix = { vehicleId: 'taxi-1', eventTimeMs: nowMs - 1_000, latitude: 36.35, longitude: 127.38 };
const value = encodeGeoFix(fix);
const judging = { lanes: 6, rules: { maxFutureMs: 300_000 }, nowMs, force: false };

/** The letter of a fix that nobody knew the schema of, and that may pass by now. */
function aLetter(cares: Partial<DeadLetter> = {}): BuriedLetter {
  const letter: DeadLetter = {
    ...{ topic: 'taxi.fixes', lane: 3, offset: 17, item: null },
    ...{ code: 'UNKNOWN_FINGERPRINT', message: 'unknown', timeMs: nowMs },
    ...{ key: Buffer.from('taxi-1'), value, headers: {}, truncatedFromBytes: null },
    ...cares,
  };
  return { id: originText(letter), letter, lane: 3, replayedMs: null };
}

const reasonOf = (judgement: Judgement) => (judgement.kind === 'refused' ? judgement.reason : null);

describe('the dead letter of a fix', () => {
  it('goes again as it was, to its vehicle’s lane, with its headers', () => {
    const headers = { trace: Buffer.of(1) };
    const letter = aLetter({ headers });
    assert.deepEqual(judgeFix(letter, undefined, judging), {
      kind: 'send',
      letter,
      replay: {
        ...{ id: 'taxi.fixes/3/17', letterLane: 3, lane: laneOf('taxi-1', 6) },
        record: { key: 'taxi-1', value, headers },
      },
    });
  });

  it('that had no key gets its vehicle’s', () => {
    const judgement = judgeFix(aLetter({ code: 'MISSING_KEY', key: null }), undefined, judging);
    assert.equal(judgement.kind === 'send' && judgement.replay.record.key, 'taxi-1');
  });

  it('that was in the future goes when its time can be true, and says when', () => {
    const judge = (eventTimeMs: number) =>
      reasonOf(
        judgeFix(
          aLetter({ code: 'FIX_IN_FUTURE', value: encodeGeoFix({ ...fix, eventTimeMs }) }),
          undefined,
          judging,
        ),
      );
    assert.equal(judge(nowMs + 300_000), null);
    assert.match(judge(nowMs + 360_000) ?? '', /in 60 s/);
  });

  const refusals: readonly (readonly [string, Partial<DeadLetter>, RegExp])[] = [
    ['is too late', { code: 'FIX_TOO_LATE' }, /has gone on since.*--force/],
    ['is not plausible', { code: 'FIX_NOT_PLAUSIBLE' }, /--force/],
    ['has another vehicle’s key', { key: Buffer.from('taxi-2') }, /"taxi-2".*"taxi-1".*repaired/],
    ['is only partly there', { truncatedFromBytes: 9_000_000 }, /9000000 bytes.*repaired/],
    ['has no value', { value: null }, /no value.*repaired/],
    ['is no record', { value: Buffer.from('hello') }, /no known record.*repaired/],
    [
      'is out of range',
      { value: encodeGeoFix({ ...fix, latitude: 91 }) },
      /latitude.*found 91\. Send it repaired/,
    ],
  ];
  for (const [what, cares, reason] of refusals) {
    it(`that ${what} is refused with the reason, and goes repaired`, () => {
      assert.match(reasonOf(judgeFix(aLetter(cares), undefined, judging)) ?? '', reason);
      const repair = { ...fix, vehicleId: 'taxi-9' };
      const repaired = judgeFix(aLetter(cares), repair, judging);
      assert(repaired.kind === 'send');
      assert.equal(repaired.replay.record.key, 'taxi-9');
      assert.equal(repaired.replay.lane, laneOf('taxi-9', 6));
      assert.deepEqual(repaired.replay.record.value, encodeGeoFix(repair));
    });
  }

  it('goes by force where its vehicle has left it behind, and not where it can’t be read', () => {
    const forced = { ...judging, force: true };
    assert.equal(judgeFix(aLetter({ code: 'FIX_TOO_LATE' }), undefined, forced).kind, 'send');
    const unreadable = aLetter({ value: Buffer.from('hello') });
    assert.equal(judgeFix(unreadable, undefined, forced).kind, 'refused');
  });
});

describe('a choice of dead letters', () => {
  const letters = [
    aLetter({ offset: 1, code: 'A', timeMs: 10 }),
    aLetter({ offset: 2, code: 'B', timeMs: 20, key: Buffer.from('taxi-2') }),
    aLetter({ offset: 3, code: 'A', timeMs: 30, lane: 4 }),
    aLetter({ offset: 4, code: 'A', timeMs: 40, key: null }),
  ];
  for (const [what, filter, chosen] of [
    ['nothing', {}, [1, 2, 3, 4]],
    ['the code', { code: 'A' }, [1, 3, 4]],
    ['the vehicle', { vehicleId: 'taxi-2' }, [2]],
    ['the lane', { lane: 4 }, [3]],
    ['the time', { sinceMs: 30 }, [3, 4]],
    ['the newest', { last: 2 }, [3, 4]],
    ['the newest of a code', { code: 'A', last: 2 }, [3, 4]],
    ['all of it together', { code: 'A', lane: 3, sinceMs: 11, last: 1 }, [4]],
  ] as const) {
    it(`is made by ${what}`, () => {
      const offsets = selectLetters(letters, filter).map(({ letter }) => letter.offset);
      assert.deepEqual(offsets, chosen);
    });
  }

  it('is counted by code', () => assert.equal(countsByCode(letters), '3 A, 1 B'));
});

describe('repaired letters', () => {
  const line = (fields: object) => `${JSON.stringify(fields)}\n`;
  const fields = { vehicleId: 'a', eventTime: 5, latitude: 1, longitude: 2 };

  it('are fixes by the ids of their letters', () => {
    const text = line({ id: 'taxi.fixes/0/1', code: 'INVALID_FIX', fix: fields }) + '\n';
    const { eventTime: eventTimeMs, ...same } = fields;
    assert.deepEqual([...parseRepairs(text)], [['taxi.fixes/0/1', { ...same, eventTimeMs }]]);
  });

  it('are refused with every line that is wrong', () => {
    const text = [
      line({ id: 'a/0/1', fix: { ...fields, latitude: 91 } }),
      line({ id: 'a/0/2', fix: null }),
      line({ fix: fields }),
      '{\n',
      line({ id: 'a/0/3', fix: fields }),
      line({ id: 'a/0/3', fix: fields }),
    ].join('');
    assert.throws(
      () => parseRepairs(text),
      (error) => {
        assert(error instanceof PipelineError);
        for (const said of [/line 1: a\/0\/1: latitude/, /line 2: .*"fix"/, /line 3: .*"id"/]) {
          assert.match(error.message, said);
        }
        assert.match(error.message, /line 4: .*JSON[^]*line 6: a\/0\/3 comes again/);
        return true;
      },
    );
  });
});

describe('the mark of a replay', () => {
  const headers = (text: string) => ({ '__stagecoach.replay.of': Buffer.from(text) });

  it('is the place of the original, and comes back as it was', () => {
    for (const [text, origin] of [
      ['taxi.fixes/3/17', { topic: 'taxi.fixes', lane: 3, offset: 17, item: null }],
      ['taxi.p1.stage-2/0/9#40', { topic: 'taxi.p1.stage-2', lane: 0, offset: 9, item: 40 }],
    ] as const) {
      assert.equal(originText(origin), text);
      assert.deepEqual(replayOrigin(headers(text)), origin);
    }
  });

  it('is none where it is missing or says nothing', () => {
    for (const text of ['', 'taxi.fixes', 'taxi.fixes/3', 'a b/1/2', 'taxi.fixes/3/-1', 'x/1/2#']) {
      assert.equal(replayOrigin(headers(text)), null, text);
    }
    assert.equal(replayOrigin({}), null);
  });

  it('names an offset in the same lane, of the fix or of the item’s fix, or −1', () => {
    const at = { fixesTopic: 'taxi.fixes', lane: 3 };
    const fixOrigin = { topic: 'taxi.fixes', lane: 3, offset: 17, item: null };
    assert.equal(replayedOffset(fixOrigin, at), 17);
    assert.equal(replayedOffset({ ...fixOrigin, lane: 2 }, at), -1);
    assert.equal(replayedOffset({ ...fixOrigin, topic: 'taxi.dead-letter' }, at), -1);
    assert.equal(replayedOffset({ ...fixOrigin, topic: 'taxi.p1.stage-1', item: 8 }, at), 8);
  });
});
