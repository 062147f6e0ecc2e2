import { z } from 'zod';
import { PipelineError, messageOf } from '../errors.js';
import { distanceM } from './distance.js';
import { longitudeNear, normalLongitude } from './longitude.js';

const gridFile = z
  .object({
    name: z.string().min(1),
    version: z.number().int().positive(),
    origin: z.object({ latitude: z.number(), longitude: z.number() }),
    cellSizeM: z.number().positive(),
    cellSizeDeg: z.object({ latitude: z.number().positive(), longitude: z.number().positive() }),
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
    occupied: z.array(z.string().regex(/^[.#]*$/)),
  })
  .refine(
    (file) =>
      file.occupied.length === file.rows &&
      file.occupied.every((row) => row.length === file.columns),
    { message: 'occupied must have `rows` strings of `columns` characters' },
  );

/**
 * A grid as it is stored: its north-west corner, the size of a cell, and a map, row by row from
 * north to south, with `#` for each square that is a cell and `.` for the others.
 */
export type GridFile = Readonly<z.infer<typeof gridFile>>;

/** A grid file that can't be read. */
export class GridError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_GRID', disposition: 'fatal', cause });
  }
}

/**
 * Squares of a city, numbered 1…{@link Grid.size} row by row from the north-west; only squares that
 * hold a road have a number, or, where roads are not known, those that vehicles were seen in. 0 stands for every place outside of them, for "unknown" and for
 * padding.
 *
 * Cells are squares in metres at the grid's own latitude: steps of latitude and longitude are
 * constant (equirectangular projection), chosen such that one step is `cellSizeM` metres at the
 * city's mid latitude. Over Daejeon's 33 km from north to south the width differs from that by less
 * than 0.2 %.
 *
 * A grid may lie across the antimeridian. Columns are counted eastwards from its western edge, and
 * positions may be given with any longitude from −180 to 180, or a turn further.
 */
export class Grid {
  /** The number of cells, V: their ids are 1…V. */
  readonly size: number;
  /** The side of a cell in metres. */
  readonly cellSizeM: number;
  readonly name: string;
  readonly version: number;
  readonly #file: GridFile;
  readonly #rows: number;
  readonly #columns: number;
  readonly #north: number;
  readonly #west: number;
  /** Half-way between the western and the eastern edge: positions are taken within 180° of it. */
  readonly #middle: number;
  readonly #rowsPerDeg: number;
  readonly #columnsPerDeg: number;
  /** Row-major: the id of each square, or 0. */
  readonly #idOfSquare: Int32Array;
  /** The square of each id; [0] is unused. */
  readonly #squareOfId: Int32Array;

  private constructor(file: GridFile) {
    this.#file = file;
    this.name = file.name;
    this.version = file.version;
    this.cellSizeM = file.cellSizeM;
    this.#rows = file.rows;
    this.#columns = file.columns;
    this.#north = file.origin.latitude;
    this.#west = file.origin.longitude;
    this.#rowsPerDeg = 1 / file.cellSizeDeg.latitude;
    this.#columnsPerDeg = 1 / file.cellSizeDeg.longitude;
    this.#middle = this.#west + (file.columns * file.cellSizeDeg.longitude) / 2;
    this.#idOfSquare = new Int32Array(file.rows * file.columns);
    const squares = [0];
    const map = file.occupied.join('');
    for (let square = 0; square < map.length; square++) {
      if (map[square] !== '#') continue;
      this.#idOfSquare[square] = squares.length;
      squares.push(square);
    }
    this.size = squares.length - 1;
    this.#squareOfId = Int32Array.from(squares);
  }

  /**
   * Reads a grid from the parsed JSON of its file.
   * @throws {GridError} INVALID_GRID
   */
  static parse(json: unknown): Grid {
    const parsed = gridFile.safeParse(json);
    if (!parsed.success) {
      throw new GridError(
        `this is no grid file: ${z.prettifyError(parsed.error)}; expected what models/daejeon/grid.json looks like`,
        parsed.error,
      );
    }
    return new Grid(parsed.data);
  }

  /**
   * Reads a grid from the text or bytes of its file.
   * @throws {GridError} INVALID_GRID
   */
  static read(text: string | Uint8Array): Grid {
    let json: unknown;
    try {
      json = JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text));
    } catch (error) {
      throw new GridError(`the grid file is no JSON: ${messageOf(error)}`, error);
    }
    return Grid.parse(json);
  }

  /** The grid in the form of its file. */
  toJSON(): GridFile {
    return this.#file;
  }

  /** The cell, 1…V, that holds a position in degrees, or 0 where there is none. */
  cellAt(latitude: number, longitude: number): number {
    const row = Math.floor((this.#north - latitude) * this.#rowsPerDeg);
    const near = longitudeNear(longitude, this.#middle);
    const column = Math.floor((near - this.#west) * this.#columnsPerDeg);
    if (row >= 0 && row < this.#rows && column >= 0 && column < this.#columns) {
      return this.#idOfSquare[row * this.#columns + column] ?? 0;
    }
    return 0;
  }

  /**
   * The middle of a cell, in degrees: longitudes are from −180 to 180.
   * @throws {RangeError} if `cell` is not one of 1…V: cell 0 is no place.
   */
  centreOf(cell: number): { latitude: number; longitude: number } {
    const { south, west, north, east } = this.boundsOf(cell);
    return { latitude: (south + north) / 2, longitude: normalLongitude((west + east) / 2) };
  }

  /**
   * The edges of a cell, in degrees. The northern and western edges belong to the cell. Longitudes go
   * on beyond 180 where the grid lies across the antimeridian, so that east is always more than west
   * and cells can be compared with each other: `longitudeNear` brings a position beside them.
   * @throws {RangeError} if `cell` is not one of 1…V: cell 0 is no place.
   */
  boundsOf(cell: number): { south: number; west: number; north: number; east: number } {
    const square = cell === 0 ? undefined : this.#squareOfId[cell];
    if (square === undefined) {
      throw new RangeError(`there is no cell ${cell}: this grid has cells 1…${this.size}`);
    }
    const row = Math.floor(square / this.#columns);
    const column = square % this.#columns;
    const { latitude: rowDeg, longitude: columnDeg } = this.#file.cellSizeDeg;
    return {
      south: this.#north - (row + 1) * rowDeg,
      west: this.#west + column * columnDeg,
      north: this.#north - row * rowDeg,
      east: this.#west + (column + 1) * columnDeg,
    };
  }

  /**
   * Metres from a position to the nearest point of a cell; 0 inside of it.
   * 0 for cell 0 too: a vehicle that was outside may have been anywhere.
   * @throws {RangeError} if `cell` is not one of 0…V.
   */
  distanceToCellM(cell: number, latitude: number, longitude: number): number {
    if (cell === 0) return 0;
    const { south, west, north, east } = this.boundsOf(cell);
    const nearestLatitude = Math.min(Math.max(latitude, south), north);
    const near = longitudeNear(longitude, (west + east) / 2);
    const nearestLongitude = Math.min(Math.max(near, west), east);
    return distanceM(latitude, near, nearestLatitude, nearestLongitude);
  }
}
