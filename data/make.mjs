#!/usr/bin/env node
// Makes data/daejeon/ from the raw files; data/daejeon/README.md says where those come from. The same
// raw files give the same bytes.
//
//   node data/make.mjs --roads DIR --boundary DIR --demand DIR
//
// --roads     nodes.csv.gz (node_id,lat,lng), segments.csv.gz (seg_id,u,v,…,highway,…,polyline_lat_lng)
// --boundary  daejeon-sub-2018.geojson: one polygon per dong
// --demand    od-by-dong.csv, trips-by-hour.csv, trip-distance-quantiles.csv

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

const root = path.join(import.meta.dirname, '..');
const { values: folders } = parseArgs({
  options: {
    roads: { type: 'string' },
    boundary: { type: 'string' },
    demand: { type: 'string' },
  },
});
for (const name of ['roads', 'boundary', 'demand']) {
  if (folders[name] === undefined) throw new Error(`--${name} DIR is missing`);
}

function csv(file) {
  const bytes = readFileSync(file);
  return parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true });
}

/** Integers as differences from one to the next: small numbers, which gzip packs well. */
function deltas(integers) {
  return integers.map((value, index) => value - (integers[index - 1] ?? 0));
}

const units = (degrees) => Math.round(Number(degrees) * 1e5);

function readRoads() {
  const segments = csv(path.join(folders.roads, 'segments.csv.gz')).map((row) => ({
    from: Number(row.u),
    to: Number(row.v),
    highway: row.highway,
    points: row.polyline_lat_lng.split(' ').map((pair) => pair.split(',').map(units)),
  }));
  const nodes = csv(path.join(folders.roads, 'nodes.csv.gz')).map((row) => {
    return [units(row.lat), units(row.lng)];
  });
  // Geometry is rounded to 1e-5 degrees and a node's own coordinates may round the other way: the
  // node takes the end point of its segments, so that roads meet exactly.
  for (const { from, to, points } of segments) {
    nodes[from] = points[0];
    nodes[to] = points[points.length - 1];
  }
  return { nodes, segments };
}

function roadsFile({ nodes, segments }) {
  const classes = [...new Set(segments.map((segment) => segment.highway))].sort();
  const inner = segments.map((segment) => segment.points.slice(1, -1));
  const shape = inner.flatMap((points, index) => {
    const start = nodes[segments[index].from];
    return points.map((point, at) => {
      const before = points[at - 1] ?? start;
      return [point[0] - before[0], point[1] - before[1]];
    });
  });
  return {
    attribution: '© OpenStreetMap contributors, ODbL 1.0',
    unitDeg: 1e-5,
    classes,
    nodes: {
      latitudeDelta: deltas(nodes.map((node) => node[0])),
      longitudeDelta: deltas(nodes.map((node) => node[1])),
    },
    segments: {
      fromDelta: deltas(segments.map((segment) => segment.from)),
      toMinusFrom: segments.map((segment) => segment.to - segment.from),
      class: segments.map((segment) => classes.indexOf(segment.highway)),
      shapePoints: inner.map((points) => points.length),
    },
    shape: {
      latitudeDelta: shape.map((step) => step[0]),
      longitudeDelta: shape.map((step) => step[1]),
    },
  };
}

/** Whether a position is inside of a ring, by the parity of the edges west of it. */
function insideRing(ring, longitude, latitude) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > latitude !== yj > latitude && longitude < ((xj - xi) * (latitude - yi)) / (yj - yi) + xi) {
      inside = !inside;
    }
  }
  return inside;
}

function dongsFile({ nodes }) {
  const text = readFileSync(path.join(folders.boundary, 'daejeon-sub-2018.geojson'), 'utf8');
  const features = JSON.parse(text).features.map(({ properties, geometry }) => ({
    code: properties.code,
    name: properties.name,
    nameEn: properties.name_eng,
    polygons: geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
  }));
  features.sort((a, b) => (a.code < b.code ? -1 : 1));
  const holds = (polygons, longitude, latitude) =>
    polygons.some((rings) => {
      const [outer, ...holes] = rings;
      return (
        insideRing(outer, longitude, latitude) &&
        !holes.some((hole) => insideRing(hole, longitude, latitude))
      );
    });
  return {
    attribution: 'Statistics Korea, administrative boundaries 2018, KOGL type 1',
    dongs: features.map(({ code, name, nameEn }) => ({ code, name, nameEn })),
    dongOfNode: nodes.map(([latitude, longitude]) =>
      features.findIndex(({ polygons }) => holds(polygons, longitude / 1e5, latitude / 1e5)),
    ),
  };
}

/** One line per top-level key. */
function json(value) {
  const lines = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${JSON.stringify(item)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function writeGz(file, value) {
  const bytes = gzipSync(json(value), { level: constants.Z_BEST_COMPRESSION });
  bytes[9] = 255; // The operating system in gzip's header: "unknown" on all of them.
  writeFileSync(file, bytes);
}

const target = path.join(root, 'data', 'daejeon');
mkdirSync(target, { recursive: true });

const roads = readRoads();
const dongs = dongsFile(roads);
writeGz(path.join(target, 'roads.json.gz'), roadsFile(roads));
writeGz(path.join(target, 'dongs.json.gz'), dongs);
for (const file of ['od-by-dong.csv', 'trips-by-hour.csv', 'trip-distance-quantiles.csv']) {
  copyFileSync(path.join(folders.demand, file), path.join(target, file));
}
const outside = dongs.dongOfNode.filter((dong) => dong < 0).length;
console.log(
  `${roads.nodes.length} nodes (${outside} in no dong), ${roads.segments.length} segments, ` +
    `${dongs.dongs.length} dongs`,
);
