type Colour = readonly [red: number, green: number, blue: number];

/**
 * From light to dark, by way of orange: lightness falls all the way, so that order is seen without
 * seeing hues, and in print.
 */
const stops: readonly Colour[] = [
  [255, 248, 214],
  [250, 206, 130],
  [236, 140, 74],
  [190, 72, 84],
  [118, 30, 96],
  [45, 10, 66],
];

/** The colour of a share, 0 … 1, as `#rrggbb`. */
export function colourOf(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [low = [0, 0, 0], high = [0, 0, 0]] = stops.slice(index, index + 2);
  const mixed = low.map((value, channel) =>
    Math.round(value + (place - index) * ((high[channel] ?? 0) - value)),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
