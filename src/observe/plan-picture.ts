import type { PlannedRun, PlannedStage } from '../partition/planner/planned-run.js';
import { formatBytes, formatMean, formatMs } from './figures.js';
import { describeRun, nodeList } from './plan-sentences.js';
import { spanOf } from './plan-table.js';

/** Pixels. */
const page = { width: 960, left: 300, right: 110, top: 96, row: 84, box: 40, bottom: 24 } as const;
/** Replicas are drawn one behind the other; of more than this the number alone tells. */
const mostDrawn = 4;
const behind = 4;
/** Characters of the nodes' names that have room beside a box. */
const nameChars = 40;

const style = `
    svg { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
    .page { fill: #ffffff; stroke: #d0d7de; }
    text { fill: #1f2933; font-size: 13px; }
    .title { font-weight: 600; font-size: 16px; }
    .name { font-weight: 600; }
    .note { fill: #57606a; font-size: 12px; }
    .end { text-anchor: end; }
    .compute { fill: #dbe9ff; stroke: #3b71c4; }
    .hop { fill: #f3f5f8; stroke: #7d8794; }
    .limit .compute { fill: #ffe3c2; stroke: #b35900; }
    .flow { fill: none; stroke: #7d8794; stroke-width: 1.5; }
    .head { fill: #7d8794; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #12161c; stroke: #343c46; }
      text { fill: #e6edf3; }
      .note { fill: #9aa5b1; }
      .compute { fill: #1b3357; stroke: #6aa0f0; }
      .hop { fill: #262e38; stroke: #7d8794; }
      .limit .compute { fill: #4a2c0a; stroke: #f0a35e; }
    }
  `;

/**
 * A plan as a picture: each stage is a box in a row of its own, as wide as the time that an item
 * takes in it (computing, then the hop) and beginning where the one before ended, so that the widest
 * is the slowest and all of them together are an item's work. Between them stands what crosses the
 * cut. A document of its own that needs nothing else; it follows light and dark pages.
 *
 * @returns SVG
 */
export function planPicture(run: PlannedRun): string {
  const { stages } = run;
  const totalMs = stages.reduce((sum, stage) => sum + timeOf(stage), 0);
  const perMs = (page.width - page.left - page.right) / Math.max(totalMs, Number.MIN_VALUE);
  const height = page.top + stages.length * page.row + page.bottom;
  let beginMs = 0;
  const rows = stages.map((stage, index) => {
    const x = page.left + beginMs * perMs;
    beginMs += timeOf(stage);
    return stageRow(stage, index, x, perMs, index + 1 === run.bottleneck);
  });
  const summary = escaped(describeRun(run));
  const figures = `${formatMean(run.itemsPerS)} items/s, ${formatMs(run.latencyMs)} from end to end, ${formatBytes(run.networkBytesPerS)}/s over the network`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${height}" width="${page.width}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">Plan: ${summary}</title>
  <desc id="description">${escaped(stages.map(describeStage).join(' '))}</desc>
  <style>${style}</style>
  <rect class="page" x="0.5" y="0.5" width="${page.width - 1}" height="${height - 1}" rx="8"/>
  <text class="title" x="24" y="34">${summary}</text>
  <text class="note" x="24" y="56">${escaped(figures)}</text>
  <rect class="compute" x="24" y="67" width="12" height="12"/>
  <text class="note" x="42" y="78">computing</text>
  <rect class="hop" x="124" y="67" width="12" height="12"/>
  <text class="note" x="142" y="78">taking in and sending on</text>
  <g class="limit"><rect class="compute" x="304" y="67" width="12" height="12"/></g>
  <text class="note" x="322" y="78">computing in the stage that holds the others back</text>
${rows.join('\n')}
</svg>
`;
}

/** Of one item, in the stage's worker. */
function timeOf({ computeMs, hopMs }: PlannedStage): number {
  return computeMs + hopMs;
}

function describeStage(stage: PlannedStage, index: number): string {
  return (
    `Stage ${index + 1}: layers ${spanOf(stage.layers)} on ${nodeList(stage.nodes)}, ` +
    `${formatMs(timeOf(stage))} an item.`
  );
}

function stageRow(
  stage: PlannedStage,
  index: number,
  x: number,
  perMs: number,
  isBottleneck: boolean,
): string {
  const y = page.top + index * page.row + 24;
  const [computeWidth, hopWidth] = [stage.computeMs * perMs, stage.hopMs * perMs];
  const endX = x + computeWidth + hopWidth;
  const copies = stage.nodes.length;
  const drawn = Math.min(copies, mostDrawn);
  const boxes: string[] = [];
  for (let copy = drawn - 1; copy >= 0; copy -= 1) {
    const shift = copy * behind;
    boxes.push(box('compute', x + shift, y - shift, computeWidth));
    boxes.push(box('hop', x + computeWidth + shift, y - shift, hopWidth));
  }
  const times = copies === 1 ? '' : ` × ${copies}`;
  const textX = endX + (drawn - 1) * behind + 8;
  const timeText = `<text x="${round(textX)}" y="${y + 25}">${formatMs(timeOf(stage))}${times}</text>`;
  return [
    `  <g class="${isBottleneck ? 'stage limit' : 'stage'}">`,
    `    <text class="name" x="24" y="${y + 10}">stage ${index + 1} · layers ${spanOf(stage.layers)}</text>`,
    `    <text class="note" x="24" y="${y + 28}">${escaped(shortened(nodeList(stage.nodes)))}</text>`,
    `    <text class="note" x="24" y="${y + 45}">${formatMean(stage.itemsPerS)} items/s, ${formatBytes(stage.memoryBytes)}</text>`,
    ...boxes.map((one) => `    ${one}`),
    `    ${timeText}`,
    ...flow(index === 0 ? 'windows' : 'cut', x, y, stage.inBytes).map((one) => `    ${one}`),
    '  </g>',
  ].join('\n');
}

function box(kind: 'compute' | 'hop', x: number, y: number, width: number): string {
  return `<rect class="${kind}" x="${round(x)}" y="${y}" width="${round(width)}" height="${page.box}"/>`;
}

/** An arrow into a box from above, with what comes in an item. */
function flow(what: string, x: number, y: number, bytes: number): string[] {
  const [fromY, toY] = [y - 30, y - 6];
  const at = round(x - 10);
  return [
    `<path class="flow" d="M${at} ${fromY}V${y + page.box / 2}H${round(x - 5)}"/>`,
    `<path class="head" d="M${round(x)} ${y + page.box / 2}l-7 -4v8z"/>`,
    `<text class="note end" x="${round(x - 16)}" y="${toY}">${what}: ${formatBytes(bytes)} an item</text>`,
  ];
}

function shortened(text: string): string {
  return text.length <= nameChars ? text : `${text.slice(0, nameChars - 1)}…`;
}

/** A hundredth of a pixel is enough. */
function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as XML 1.0 may have it: no markup of its own, and no control characters. */
function escaped(text: string): string {
  const printable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '�');
  return printable.replace(/[&<>"']/g, (found) => entities[found] ?? found);
}
