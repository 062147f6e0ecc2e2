import type { LaneRecord } from '../../../src/broker/lane-record.js';
import { checkFix, type GeoFix } from '../../../src/geo/fix.js';
import { ExpectedItems, type ExpectedItem } from '../../../src/observe/expected-items.js';
import { decodeGeoFixRecord } from '../../../src/wire/geo-fix.js';
import { smallCity } from '../geo/small-city-grid.js';
import { plan, topics } from './plan.js';
import { unreadable } from './traffic.js';
import type { World } from './world.js';

/** What one record of the fixes topic is owed. */
export type Owed =
  | { readonly kind: 'item'; readonly fix: GeoFix; readonly item: ExpectedItem }
  /** Sent on to the lane of its vehicle. */
  | { readonly kind: 'keyless'; readonly fix: GeoFix }
  | { readonly kind: 'letter'; readonly code: string }
  | { readonly kind: 'nothing' };

/** A record of the fixes topic, with what it is owed by the rules of windows, said independently. */
export interface OwedRecord {
  readonly record: LaneRecord;
  readonly owed: Owed;
}

/** Goes through a lane of the fixes topic. */
export function owedIn(world: World, lane: number): OwedRecord[] {
  const rules = new ExpectedItems(smallCity, plan.rules);
  return recordsOf(world, topics.fixes, lane).map((record) => ({
    record,
    owed: owedFor(record, rules),
  }));
}

function owedFor({ value, key, timestampMs }: LaneRecord, rules: ExpectedItems): Owed {
  if (value === null || value.equals(unreadable)) {
    return { kind: 'letter', code: 'UNKNOWN_FORMAT' };
  }
  const checked = checkFix(decodeGeoFixRecord(value));
  if (!checked.ok) return { kind: 'letter', code: checked.code };
  const { fix } = checked;
  if (key === null) return { kind: 'keyless', fix };
  if (key.toString() !== fix.vehicleId) return { kind: 'letter', code: 'KEY_MISMATCH' };
  const ruling = rules.rule(fix, timestampMs);
  if (ruling === 'stayed') return { kind: 'nothing' };
  if (typeof ruling === 'string') return { kind: 'letter', code: ruling };
  return { kind: 'item', fix, item: ruling };
}

/** All records of a lane. */
export function recordsOf(world: World, topic: string, lane: number): readonly LaneRecord[] {
  return world.kafka.lane(topic, lane).read({ from: 0 }).records;
}
