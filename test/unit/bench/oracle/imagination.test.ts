import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daejeonGrid } from '../../../../bench/city/real-windows.js';
import { addWeight, type CellWeights } from '../../../../bench/oracle/beliefs.js';
import { Destinations } from '../../../../bench/oracle/destinations.js';
import { Imagination } from '../../../../bench/oracle/imagination.js';
import { loadCity } from '../../../../src/producer/feeds/fleet/city.js';
import { Drive } from '../../../../src/producer/feeds/fleet/leg.js';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';
import { Receiver } from '../../../../src/producer/feeds/fleet/receiver.js';

const startMs = Date.UTC(2024, 2, 4, 9);
/** Stands for a drive that ends before the taxi is seen in another cell. */
const ended = -1;

describe('the imagination of the oracle', () => {
  const city = loadCity();
  const grid = daejeonGrid();
  const chances = new Destinations(city, 79).ofCustomer(city.places.ranks[20]?.node ?? 0);
  const startNode = city.places.ranks[20]?.node ?? 0;
  const { roads, router, traffic } = city;
  const startCell = grid.cellAt(
    roads.nodeLatitude[startNode] ?? 0,
    roads.nodeLongitude[startNode] ?? 0,
  );

  /** The first other cell of one drive, by the simulator's own router, drive and receiver. */
  function drivenOnce(random: Random): number {
    let left = random.fraction();
    const to = chances.findIndex((chance) => (left -= chance) < 0);
    const slowness = traffic.slowness(startMs);
    const route = router.route(startNode, to, traffic.drawTaste(slowness, random));
    const options = {
      errand: 'carrying',
      startMs,
      slowness,
      pace: random.between(0.92, 1.1),
    } as const;
    const drive = new Drive(roads, traffic, route ?? new Int32Array(), options, random);
    const receiver = new Receiver(6, startMs, random);
    const intervalMs = random.between(10_000, 30_000);
    const motion = { latitude: 0, longitude: 0, speedMps: 0, bearingDeg: 0 };
    let timeMs = startMs + random.fraction() * intervalMs;
    for (let isOver = false; !isOver; timeMs += intervalMs + random.between(-1_000, 1_000)) {
      isOver = timeMs >= drive.endMs;
      drive.locate(timeMs, motion);
      const { latitude, longitude } = receiver.read(timeMs, motion);
      const cell = grid.cellAt(latitude, longitude);
      if (cell !== startCell) return cell;
    }
    return ended;
  }

  it('sees the cells that drives of the simulator lead to, as often as they do', () => {
    const drives = 600;
    const random = Random.of(1, 'drives');
    const driven: CellWeights = new Map();
    for (let drive = 0; drive < drives; drive += 1)
      addWeight(driven, drivenOnce(random), 1 / drives);

    const imagined: CellWeights = new Map();
    const imagination = new Imagination(city, grid, Random.of(2, 'worlds'));
    const leg = {
      ...({ vehicle: 0, errand: 'carrying', startNode, startMs, idle: null } as const),
      ...{ cells: [startCell], entries: [null], stood: [] },
    };
    const worlds = 60;
    let sum = 0;
    const count = (cell: number, weight: number): void => {
      addWeight(imagined, cell, weight);
      sum += weight;
    };
    for (let world = 0; world < worlds; world += 1) {
      // Only what is seen first: later cells of a world weigh a fiftieth, once the taxi is back.
      imagination.drive(leg, chances, {
        entered: (_, cell, weight) => count(cell, weight),
        ended: (_, weight) => count(ended, weight),
      });
    }
    assert.ok(imagined.size > 2);
    for (const [cell, weight] of imagined) {
      const share = weight / sum;
      // Worlds vary too: half as much again as the drives alone.
      const sigma = 1.5 * Math.sqrt((Math.max(share, 0.005) * (1 - share)) / drives);
      const wanted = driven.get(cell) ?? 0;
      assert.ok(Math.abs(share - wanted) < 5 * sigma, `cell ${cell}: ${share}, driven ${wanted}`);
    }
  });
});
