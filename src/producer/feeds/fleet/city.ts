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

const daejeonDir = path.join(projectDir(), 'data', 'daejeon');

function readZippedJson(folder: string, name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(path.join(folder, name))).toString());
}

/**
 * Reads a city's roads.
 * @param folder by default the project's `data/daejeon`.
 */
export function loadRoads(folder = daejeonDir): RoadNetwork {
  return RoadNetwork.parse(readZippedJson(folder, 'roads.json.gz'));
}

/**
 * Reads a city's dongs, and for each node of its roads the index of the dong that it lies in.
 * @param folder by default the project's `data/daejeon`.
 */
export function loadDongs(folder = daejeonDir): z.infer<typeof dongsFile> {
  return dongsFile.parse(readZippedJson(folder, 'dongs.json.gz'));
}

/**
 * Reads a city from the files that `data/make.mjs` makes.
 * @param folder by default the project's `data/daejeon`.
 */
export function loadCity(folder = daejeonDir): City {
  const text = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const roads = loadRoads(folder);
  const { dongs, dongOfNode } = loadDongs(folder);
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
