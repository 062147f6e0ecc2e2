/**
 * A toy grid to reckon with by head: cells 1 … 9 lie along the equator, each a degree of longitude
 * wide, and a degree is a kilometre.
 */
export const lineGrid = {
  size: 9,
  cellAt(latitude: number, longitude: number): number {
    const cell = Math.floor(longitude);
    return latitude === 0 && cell >= 1 && cell <= 9 ? cell : 0;
  },
  distanceToCellM(cell: number, _latitude: number, longitude: number): number {
    return 1000 * Math.max(0, cell - longitude, longitude - (cell + 1));
  },
  centreOf(cell: number): { latitude: number; longitude: number } {
    return { latitude: 0, longitude: cell + 0.5 };
  },
};
