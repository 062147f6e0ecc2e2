import { localDistanceM } from '../../geo/distance.js';
import { loadDongs, loadRoads } from '../../producer/feeds/fleet/city.js';
import { cityView } from './city-view.js';
import type { Grid } from '../../geo/grid.js';
import type { CityAreas, CityView } from '../../model/evaluation/places.js';

/**
 * Daejeon's five gu, by the first five digits of the code of a dong.
 * @see https://kssc.kostat.go.kr (Statistics Korea, classification of administrative districts)
 */
const guNames: ReadonlyMap<string, string> = new Map([
  ['25010', 'Dong-gu'],
  ['25020', 'Jung-gu'],
  ['25030', 'Seo-gu'],
  ['25040', 'Yuseong-gu'],
  ['25050', 'Daedeok-gu'],
]);

interface RoadNode {
  readonly latitude: number;
  readonly longitude: number;
  readonly gu: string;
}

function roadNodes(): RoadNode[] {
  const roads = loadRoads();
  const { dongs, dongOfNode } = loadDongs();
  return Array.from(roads.nodeLatitude, (latitude, node) => {
    const code = dongs[dongOfNode[node] ?? -1]?.code ?? '';
    return {
      latitude,
      longitude: roads.nodeLongitude[node] ?? 0,
      gu: guNames.get(code.slice(0, 5)) ?? '',
    };
  }).filter(({ gu }) => gu !== '');
}

/** The gu of most of a cell's road nodes; of the nearest one where none lies in it. */
function guOfCells(grid: Grid): ReadonlyMap<number, string> {
  const nodes = roadNodes();
  const counts = new Map<number, Map<string, number>>();
  for (const { latitude, longitude, gu } of nodes) {
    const cell = grid.cellAt(latitude, longitude);
    const inCell = counts.get(cell) ?? new Map<string, number>();
    counts.set(cell, inCell.set(gu, (inCell.get(gu) ?? 0) + 1));
  }
  const nearest = (cell: number): string => {
    const { latitude, longitude } = grid.centreOf(cell);
    let best = { gu: '', distanceM: Infinity };
    for (const node of nodes) {
      const distanceM = localDistanceM(latitude, longitude, node.latitude, node.longitude);
      if (distanceM < best.distanceM) best = { gu: node.gu, distanceM };
    }
    return best.gu;
  };
  const cells = Array.from({ length: grid.size }, (_, index) => index + 1);
  return new Map(
    cells.map((cell) => {
      const [most] = [...(counts.get(cell) ?? [])].sort((a, b) => b[1] - a[1]);
      return [cell, most?.[0] ?? nearest(cell)];
    }),
  );
}

/** Daejeon with its gu, for a grid over it. */
export function daejeonView(grid: Grid): CityView {
  const guOfCell = guOfCells(grid);
  const areas: CityAreas = { kind: 'gu', nameOf: (cell) => guOfCell.get(cell) ?? null };
  return cityView(grid, 'Asia/Seoul', areas);
}
