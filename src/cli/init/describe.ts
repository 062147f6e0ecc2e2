import { basename, relative } from 'node:path';
import { extentOf } from '../../geo/grid-extent.js';
import { formatBytes, formatCount } from '../../observe/figures.js';
import { describeArea } from './area-answer.js';
import { pathFrom } from './city-draft.js';
import type { GridExtent } from '../../geo/grid-extent.js';
import type { GridFile } from '../../geo/grid.js';
import type { InitAnswers } from './answers.js';

/** Share by which cells may be wider or narrower than they are called, before that is told. */
const toldWidthShare = 0.005;
/** Beyond it a step of training holds a gigabyte of scores. */
const manyCells = 50_000;
/** A score and its gradient, at each of 20 steps of 128 windows, which is the default of train. */
const trainingBytesPerCell = 2 * 4 * 20 * 128;

/** What a city's grid is like, and what is strange in it. */
export function describeGrid({ draft }: InitAnswers, grid: GridFile): string {
  const { name, timeZone, area, cellSizeM, roads } = draft;
  const extent = extentOf(grid);
  const cells = formatCount(extent.cells);
  const lines = [
    `${name}: ${describeArea(area.area)}; time of ${timeZone}`,
    `${grid.rows} × ${grid.columns} squares of ${cellSizeM} m; ` +
      (roads === null
        ? `${cells} of them can become cells: those that vehicles visit`
        : `${cells} of them are cells: those that roads pass`),
    `${formatCount(extent.edgeCells)} of these are at the edge: beyond it a vehicle is in cell 0, outside`,
    ...widthNotes(extent, cellSizeM),
    ...sizeNotes(extent),
  ];
  return lines.map((line) => ` ${line}\n`).join('');
}

function widthNotes({ northernWidthM, southernWidthM }: GridExtent, cellSizeM: number): string[] {
  const isOff = [northernWidthM, southernWidthM].some(
    (widthM) => Math.abs(widthM / cellSizeM - 1) > toldWidthShare,
  );
  if (!isOff) return [];
  return [
    `a cell is ${northernWidthM.toFixed(1)} m wide at the northern edge and ${southernWidthM.toFixed(1)} m at the southern one: degrees of longitude get shorter towards the poles`,
  ];
}

function sizeNotes({ cells }: GridExtent): string[] {
  if (cells <= manyCells) return [];
  return [
    `that is many: a step of training holds ${formatBytes(cells * trainingBytesPerCell)} of scores; larger cells, a smaller area or a smaller --batch of train need less`,
  ];
}

/**
 * The commands that come next, as they work in the working directory.
 *
 * @param cityFile its path
 */
export function nextSteps({ folder, model }: InitAnswers, cityFile: string): string {
  const here = relative('', folder);
  const out = quoted(pathFrom(folder, model));
  const train = `stagecoach train --city ${quoted(basename(cityFile))} --fixes FIXES.csv --out ${out}`;
  const steps = [
    ...(here === '' ? [] : [`cd ${quoted(here)}`]),
    `${train} --dry-run   # what your file of fixes is like; docs/training.md says how it looks`,
    train,
    'stagecoach up --no-fleet',
    'stagecoach feed FIXES.csv   # in a second terminal, in the same folder',
  ];
  return ['', ' Next:', '', ...steps.map((step) => `   ${step}`), ''].join('\n');
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
