import { metresPerDegree } from '../../../src/geo/distance.js';
import { parseCity } from '../../../src/geo/city.js';
import type { City } from '../../../src/geo/city.js';

/** A city file on the equator whose cells are a hundredth of a degree. */
export const equatorFile = {
  name: 'equator',
  version: 3,
  timeZone: 'Africa/Kampala',
  area: { south: -0.02, west: 30, north: 0.02, east: 30.03 },
  cellSizeM: metresPerDegree / 100,
  data: { kind: 'fixes', source: 'made by hand' },
};

/** A city like that, with some fields changed. */
export function equatorCity(changes: Record<string, unknown> = {}): City {
  return parseCity({ ...equatorFile, ...changes }, (path) => {
    throw new Error(`no file ${path}`);
  });
}
