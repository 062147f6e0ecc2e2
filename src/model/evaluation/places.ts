/** A position in degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Where the cells of a city are: cells 1 … `size`; cell 0 is no place. Longitudes go on beyond 180°
 * where the city lies across the antimeridian, so that any two may be subtracted.
 */
export interface CellPlaces {
  readonly size: number;
  centreOf(cell: number): Position;
  /** Edges in degrees. */
  boundsOf(cell: number): { south: number; west: number; north: number; east: number };
  /** Metres between two positions. */
  distanceM(from: Position, to: Position): number;
}

/** What a city is divided into. */
export interface CityAreas {
  /** What such an area is called: `gu`. */
  readonly kind: string;
  /** The area of a cell, null where it is in none. */
  nameOf(cell: number): string | null;
}

/** What an evaluation has to know of a city. */
export interface CityView {
  readonly places: CellPlaces;
  /** IANA name. */
  readonly timeZone: string;
  /** Null where they are not known. */
  readonly areas: CityAreas | null;
}
