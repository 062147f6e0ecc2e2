import type { FitError, LayerProfile, Measured, Profile } from '../partition/profile.js';
import { renderColumns, type Column } from './columns.js';
import { formatBytes, formatMean, formatMs, formatShare } from './figures.js';
import type { TerminalStyle } from './terminal.js';

/** Milliseconds of short work: three digits where there are any. */
function exactMs(ms: number): string {
  return ms.toFixed(ms < 0.995 ? 3 : 2);
}

/** A measured time and how much it spreads. */
function timeText({ median, spread }: Measured, style: TerminalStyle): string {
  return `${exactMs(median)} ${style.rich ? '±' : '+-'}${exactMs(spread)}`;
}

function errorText({ median, largest }: FitError): string {
  return `${formatShare(median)} / ${formatShare(largest)}`;
}

function column(title: string, width: number, align: Column['align'] = 'right'): Column {
  return { title, width, align };
}

/** A profile as a person reads it: layers, cuts, hops and node. */
export function renderProfile(profile: Profile, style: TerminalStyle): string {
  return [
    ...nodeLines(profile),
    '',
    ...layerLines(profile, style),
    '',
    ...cutLines(profile, style),
    '',
    ...hopLines(profile, style),
  ].join('\n');
}

function nodeLines({ node, link, processBytes, layers }: Profile): string[] {
  const connection =
    link === null
      ? 'no broker measured: hops are what encoding and decoding take'
      : `broker: ${formatMs(link.roundTripMs.median)} for a lone record through a stage without layers, ` +
        `${formatBytes(link.uploadBytesPerS.median)}/s up, ${formatBytes(link.downloadBytesPerS.median)}/s down`;
  const slow = layers.filter(({ route }) => route === 'tfjs').map(({ name }) => name);
  const routes =
    slow.length === 0
      ? 'all layers are native'
      : `slower than native, by tfjs-layers: ${slow.join(', ')}`;
  return [
    ` ${node.name}: ${formatMean(node.cores)} cores, ${formatBytes(node.memoryBytes)} of memory, speed ${formatMean(node.speed)}`,
    ` ${connection}`,
    ` a stage's process without layers: ${formatBytes(processBytes)}; ${routes}`,
  ];
}

function layerLines({ layers, calls, rangeErrors }: Profile, style: TerminalStyle): string[] {
  const columns = [
    column('layer', 24, 'left'),
    column('kind', 20, 'left'),
    column('route', 10, 'left'),
    column('weights', 10),
    ...calls.map(({ batch }) => column(`ms at ${batch}`, 16)),
  ];
  const row = ({ name, className, route, weightsBytes, times }: LayerProfile): string[] => [
    ...[name, className, route, formatBytes(weightsBytes)],
    ...times.map(({ ms }) => timeText(ms, style)),
  ];
  const total = calls.map(({ ms }, at) =>
    exactMs(layers.reduce((sum, { times }) => sum + (times[at]?.ms.median ?? 0), ms)),
  );
  return renderColumns(
    columns,
    [
      ...layers.map(row),
      ['a call besides', '', '', '', ...calls.map(({ ms }) => exactMs(ms))],
      ['all together', '', '', '', ...total],
      ['off by, median / most', '', '', '', ...rangeErrors.map(errorText)],
    ],
    style,
  ).map((line) => line.trimEnd());
}

function cutLines({ layers, cuts }: Profile, style: TerminalStyle): string[] {
  const encodings = Object.keys(cuts[0] ?? {});
  const columns = [
    column('cut before', 22, 'left'),
    ...encodings.map((encoding) => column(encoding, 14)),
    column('working', 10),
  ];
  const rows = cuts.map((bytes, at) => {
    const before = layers[at];
    const sizes = new Map<string, number>(Object.entries(bytes));
    return [
      before === undefined ? 'the sink' : `${at} ${before.name}`,
      ...encodings.map((encoding) => formatBytes(sizes.get(encoding) ?? 0)),
      before === undefined ? '' : formatBytes(before.workingBytes),
    ];
  });
  return renderColumns(columns, rows, style).map((line) => line.trimEnd());
}

function hopLines({ hops, hopErrors }: Profile, style: TerminalStyle): string[] {
  const columns = [
    column('hop', 16, 'left'),
    column('us a record', 13),
    column('us an item', 12),
    column('ns a byte in', 14),
    column('ns a byte out', 15),
    column('off by', 20),
  ];
  const rows = hops.map((hop, at) => [
    hop.encoding,
    ...[1000 * hop.recordMs, 1000 * hop.itemMs].map((us) => us.toFixed(1)),
    ...[hop.decodeNsPerByte, hop.encodeNsPerByte].map((ns) => ns.toFixed(2)),
    ...[hopErrors[at]].flatMap((error) => (error === undefined ? [] : errorText(error))),
  ]);
  return renderColumns(columns, rows, style).map((line) => line.trimEnd());
}
