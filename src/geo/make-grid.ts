import { PipelineError } from '../errors.js';
import { metresPerDegree } from './distance.js';
import { longitudeNear } from './longitude.js';
import type { City } from './city.js';
import type { Position } from './geojson.js';
import type { GridFile } from './grid.js';

/** Squares that a grid may have, with and without road: some hundred kilometres of 500 m. */
const maxSquares = 1_000_000;

/** What is known of a square. */
const [unasked, yes, no] = [0, 1, 2];

/** A city whose squares make no grid. */
export class MakeGridError extends PipelineError {
  constructor(message: string) {
    super(message, { code: 'NO_GRID', disposition: 'fatal' });
  }
}

/**
 * The squares over a city's area, numbered from 0 row by row from the north-west corner of its
 * bounds. Those of a box's last row and column may reach beyond it; a square belongs to the area if
 * its middle does, or if the area is a box.
 */
export class CitySquares {
  readonly rows: number;
  readonly columns: number;
  readonly #city: City;
  readonly #rowDeg: number;
  readonly #columnDeg: number;
  /** Half-way between west and east: positions are taken within 180° of it. */
  readonly #middle: number;
  /** By square: whether it belongs to the area, as far as that was asked. */
  readonly #belonging: Uint8Array;

  /** @throws {MakeGridError} NO_GRID where there would be too many */
  constructor(city: City) {
    this.#city = city;
    const { cellSizeM, squareAtLatitude, area } = city;
    const { south, west, north, east } = area.bounds;
    this.#rowDeg = cellSizeM / metresPerDegree;
    // In this order of operations: another one gives another last bit, and the grid another digest.
    const widthShare = Math.cos((squareAtLatitude * Math.PI) / 180);
    this.#columnDeg = cellSizeM / (metresPerDegree * widthShare);
    this.#middle = (west + east) / 2;
    this.rows = stepsIn(north - south, this.#rowDeg);
    this.columns = stepsIn(east - west, this.#columnDeg);
    if (this.rows * this.columns > maxSquares) {
      throw new MakeGridError(
        `${this.rows} × ${this.columns} squares of ${cellSizeM} m lie over ${city.name}; at most ${maxSquares} are taken: give larger cells or a smaller area`,
      );
    }
    this.#belonging = new Uint8Array(this.rows * this.columns);
  }

  /** Rows from the northern edge, as a real number. */
  #rowsTo(latitude: number): number {
    return (this.#city.area.bounds.north - latitude) * (1 / this.#rowDeg);
  }

  /** Columns from the western edge, as a real number. */
  #columnsTo(longitude: number): number {
    const near = longitudeNear(longitude, this.#middle);
    return (near - this.#city.area.bounds.west) * (1 / this.#columnDeg);
  }

  /** The square of the area that holds a position in degrees, or -1 where there is none. */
  squareAt(latitude: number, longitude: number): number {
    return this.#square(this.#rowsTo(latitude), this.#columnsTo(longitude));
  }

  #square(rowsTo: number, columnsTo: number): number {
    const [row, column] = [Math.floor(rowsTo), Math.floor(columnsTo)];
    const isInBounds = row >= 0 && row < this.rows && column >= 0 && column < this.columns;
    if (!isInBounds) return -1;
    const square = row * this.columns + column;
    return this.belongs(square) ? square : -1;
  }

  /** Whether a square, 0 … rows × columns − 1, belongs to the area. */
  belongs(square: number): boolean {
    const known = this.#belonging[square];
    if (known !== unasked) return known === yes;
    const isOfArea = this.#isMiddleInArea(Math.floor(square / this.columns), square % this.columns);
    this.#belonging[square] = isOfArea ? yes : no;
    return isOfArea;
  }

  #isMiddleInArea(row: number, column: number): boolean {
    const { holds, bounds } = this.#city.area;
    // The middle of a box's last squares may lie outside of it.
    const latitude = Math.max(bounds.south, bounds.north - (row + 0.5) * this.#rowDeg);
    const longitude = Math.min(bounds.east, bounds.west + (column + 0.5) * this.#columnDeg);
    return holds(latitude, longitude);
  }

  /** Calls `visit` for each square of the area that a line passes, some more than once. */
  alongLine(line: readonly Position[], visit: (square: number) => void): void {
    let before: readonly [rows: number, columns: number] | undefined;
    for (const [longitude, latitude] of line) {
      const here = [this.#rowsTo(latitude), this.#columnsTo(longitude)] as const;
      const from = before === undefined || this.#goesRound(before, here) ? here : before;
      const cuts = [0, ...shares(from[0], here[0]), ...shares(from[1], here[1]), 1];
      cuts.sort((a, b) => a - b);
      for (let at = 1; at < cuts.length; at += 1) {
        // Between two crossings of edges a line lies in one square.
        const share = ((cuts[at - 1] ?? 0) + (cuts[at] ?? 0)) / 2;
        const square = this.#square(
          from[0] + share * (here[0] - from[0]),
          from[1] + share * (here[1] - from[1]),
        );
        if (square >= 0) visit(square);
      }
      before = here;
    }
  }

  /** Whether a line between two columns is on the far side of the Earth, where columns begin anew. */
  #goesRound(from: readonly [number, number], to: readonly [number, number]): boolean {
    return Math.abs(from[1] - to[1]) * this.#columnDeg > 180;
  }

  /** The grid whose cells are some of the squares. */
  gridOf(isCell: (square: number) => boolean): GridFile {
    const { name, version, cellSizeM, area } = this.#city;
    const { north, west } = area.bounds;
    return {
      name: `${name}-${cellSizeM}m`,
      version,
      origin: { latitude: north, longitude: west },
      cellSizeM,
      cellSizeDeg: { latitude: this.#rowDeg, longitude: this.#columnDeg },
      rows: this.rows,
      columns: this.columns,
      occupied: Array.from({ length: this.rows }, (_row, row) =>
        Array.from({ length: this.columns }, (_column, column) =>
          isCell(row * this.columns + column) ? '#' : '.',
        ).join(''),
      ),
    };
  }
}

/** Whole steps that cover a length; a billionth of one too much makes no further step. */
function stepsIn(length: number, step: number): number {
  return Math.max(1, Math.ceil(length / step - 1e-9));
}

/** At which shares of the way from one number to another the whole numbers between them lie. */
function shares(from: number, to: number): number[] {
  const found: number[] = [];
  const last = Math.max(from, to);
  for (let edge = Math.floor(Math.min(from, to)) + 1; edge < last; edge += 1) {
    found.push((edge - from) / (to - from));
  }
  return found;
}

/**
 * The grid of the squares that hold a road.
 * @throws {MakeGridError} NO_GRID where no road lies in the area
 */
export function gridOfRoads(city: City, roads: readonly (readonly Position[])[]): GridFile {
  const squares = new CitySquares(city);
  const passed = new Set<number>();
  for (const road of roads) squares.alongLine(road, (square) => passed.add(square));
  if (passed.size === 0) {
    throw new MakeGridError(
      `no road of the file of ${city.name} lies in its area: check both; GeoJSON has longitude first`,
    );
  }
  return squares.gridOf((square) => passed.has(square));
}

/**
 * The grid of all squares that belong to a city's area: the most cells that it can have.
 * @throws {MakeGridError} NO_GRID where there is none
 */
export function gridOfArea(city: City): GridFile {
  const squares = new CitySquares(city);
  const grid = squares.gridOf((square) => squares.belongs(square));
  if (grid.occupied.some((row) => row.includes('#'))) return grid;
  throw new MakeGridError(
    `the middle of no square of ${city.cellSizeM} m lies in the area of ${city.name}: give smaller cells or a larger area`,
  );
}

/** Counts visits to squares, for a city whose roads are not known. */
export class VisitCounter {
  readonly #city: City;
  readonly #squares: CitySquares;
  readonly #visits: Int32Array;
  readonly #vehicles: Int32Array;

  /** @throws {MakeGridError} NO_GRID where there would be too many squares */
  constructor(city: City) {
    this.#city = city;
    this.#squares = new CitySquares(city);
    this.#visits = new Int32Array(this.#squares.rows * this.#squares.columns);
    this.#vehicles = new Int32Array(this.#visits.length);
  }

  /** Takes all positions of one vehicle, in the order of their times. Degrees. */
  addVehicle(latitudes: readonly number[], longitudes: readonly number[]): void {
    const seen = new Set<number>();
    let before = -1;
    latitudes.forEach((latitude, at) => {
      const square = this.#squares.squareAt(latitude, longitudes[at] ?? NaN);
      if (square >= 0 && square !== before) {
        seen.add(square);
        this.#visits[square] = (this.#visits[square] ?? 0) + 1;
      }
      before = square;
    });
    for (const square of seen) this.#vehicles[square] = (this.#vehicles[square] ?? 0) + 1;
  }

  /**
   * The grid of the squares that were visited as often as the city's rule wants.
   * @throws {MakeGridError} NO_GRID where there is none
   */
  grid(): GridFile {
    const { minVisits, minVehicles } = this.#city.visited;
    const isCell = (square: number): boolean =>
      (this.#visits[square] ?? 0) >= minVisits && (this.#vehicles[square] ?? 0) >= minVehicles;
    if (!this.#visits.some((_visits, square) => isCell(square))) {
      throw new MakeGridError(
        `no square of ${this.#city.name} had ${minVisits} visits by ${minVehicles} vehicles: check the area, and that the fixes lie in it; "visited" in the city file sets the limits`,
      );
    }
    return this.#squares.gridOf(isCell);
  }
}

/** The text of a grid's file: the same grid gives the same bytes. */
export function gridFileText({ occupied, ...head }: GridFile): string {
  const map = occupied.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const headText = JSON.stringify(head, undefined, 2).replace(/\n}$/, '');
  return `${headText},\n  "occupied": [\n${map}\n  ]\n}\n`;
}
