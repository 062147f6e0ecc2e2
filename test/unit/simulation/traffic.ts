import { laneOf } from '../../../src/broker/lane-of.js';
import type { GeoFix } from '../../../src/geo/fix.js';
import { encodeGeoFix } from '../../../src/wire/geo-fix.js';
import { smallCity } from '../geo/small-city-grid.js';
import type { PlannedFix } from './actions.js';
import type { MemoryKafka } from './memory-kafka.js';
import { plan, topics } from './plan.js';

/** Two for each lane. */
const vehicleIds = ['taxi-1', 'taxi-2', 'taxi-3', 'taxi-4', 'taxi-5', 'taxi-6']
  .sort((a, b) => laneOf(a, plan.lanes) - laneOf(b, plan.lanes))
  .flatMap((id, at, all) => (at < 2 || at >= all.length - 2 ? [id] : []));

/** Cells next to each other, one that is too far away to be reached in a minute, and outside. */
const places = [1, 2, 3, 9, 10, 64, 0];
const outside = { latitude: 36.39, longitude: 127.29 };

/** What nobody knows how to read, in any topic. */
export const unreadable = Buffer.from('?');

/** Writes a fix as somebody might do who has read the documentation, or who has not. */
export function sendFix(kafka: MemoryKafka, planned: PlannedFix, nowMs: number): void {
  const vehicleId = vehicleIds[planned.vehicle % vehicleIds.length] ?? '';
  const lane = laneOf(vehicleId, plan.lanes);
  const cell = places[planned.place % places.length] ?? 0;
  const fix: GeoFix = {
    vehicleId,
    eventTimeMs: nowMs + planned.clockMs,
    ...(cell === 0 ? outside : smallCity.centreOf(cell)),
  };
  const json = Buffer.from(JSON.stringify(fix));
  const send = (key: string | null, value: Buffer, into = lane) => {
    kafka.append(topics.fixes, into, [{ key, value }]);
  };
  switch (planned.form) {
    case 'avro':
      send(vehicleId, encodeGeoFix(fix));
      break;
    case 'json':
      send(vehicleId, json);
      break;
    case 'keyless':
      send(null, json, planned.place % plan.lanes);
      break;
    case 'unreadable':
      send(vehicleId, unreadable);
      break;
    case 'wrong key':
      send(`not ${vehicleId}`, encodeGeoFix(fix));
      break;
    case 'control record':
      kafka.mark(topics.fixes, lane);
  }
}
