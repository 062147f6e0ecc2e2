import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { RoadNetwork } from '../../../geo/roads.js';
import { Router } from '../../../geo/routing.js';
import { projectDir } from '../../../project-dir.js';
import { Demand } from './demand.js';
import { Places } from './places.js';
import { Traffic } from './traffic.js';

const dongsFile = z.object({
  dongs: z.array(z.object({ code: z.string(), name: z.string(), nameEn: z.string() })),
  dongOfNode: z.array(z.number().int()),
});

/** All that a fleet has to know of its city. */
export interface City {
  readonly roads: RoadNetwork;
  readonly traffic: Traffic;
  readonly router: Router;
  readonly demand: Demand;
  readonly places: Places;
}

/**
 * Reads a city from the files that `data/make.mjs` makes.
 * @param folder by default the project's `data/daejeon`.
 */
export function loadCity(folder = path.join(projectDir(), 'data', 'daejeon')): City {
  const text = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const json = (name: string): unknown =>
    JSON.parse(gunzipSync(readFileSync(path.join(folder, name))).toString());
  const roads = RoadNetwork.parse(json('roads.json.gz'));
  const { dongs, dongOfNode } = dongsFile.parse(json('dongs.json.gz'));
  const demand = new Demand(
    text('od-by-dong.csv'),
    text('trips-by-hour.csv'),
    dongs.map((dong) => dong.code),
  );
  const traffic = new Traffic(roads);
  const router = new Router(roads, traffic.segmentTimeS);
  const reachS = router.timesFrom(0);
  const isReachable = (node: number) => (reachS[node] ?? Infinity) < Infinity;
  return {
    roads,
    traffic,
    router,
    demand,
    places: new Places(roads, dongOfNode, demand, isReachable),
  };
}
