import { axisUpTo, curve, panelOf, roundAxis } from './panel.js';
import { label, svgDocument } from './svg.js';

/** A validation in the course of a training. */
export interface Validation {
  readonly step: number;
  /** Mean training loss since the validation before, in nats. */
  readonly loss: number;
  /** Share of true next cells that came first, 0 … 1. */
  readonly top1: number;
}

/**
 * The course of a training: its loss, and below it the top-1 of each validation.
 *
 * @param batch windows of a step
 * @returns SVG
 */
export function lossPicture(validations: readonly Validation[], batch: number): string {
  const title = 'Training loss and validation top-1';
  const [width, height] = [720, 560];
  const size = { x: 80, width: 610, height: 190 };
  if (validations.length === 0) {
    const body = label(width / 2, height / 2, 'There was no validation.', 'middle');
    return svgDocument({ width, height, title, description: 'No validation.', body });
  }
  const steps = axisUpTo(
    `step (${batch} windows each)`,
    [0, ...validations.map(({ step }) => step)],
    (step) => step.toLocaleString('en-US'),
  );
  const losses = roundAxis(
    'training loss (nats)',
    validations.map(({ loss }) => loss),
    String,
  );
  const hits = roundAxis(
    'validation top-1 (%)',
    validations.map(({ top1 }) => 100 * top1),
    String,
  );
  const upper = panelOf({ ...size, y: 50 }, steps, losses);
  const lower = panelOf({ ...size, y: 310 }, steps, hits);
  const last = validations.at(-1);
  return svgDocument({
    width,
    height,
    title,
    description: `After ${last?.step ?? 0} steps the loss is ${(last?.loss ?? 0).toFixed(3)} nats and the validation top-1 ${(100 * (last?.top1 ?? 0)).toFixed(1)} %.`,
    body: [
      label(size.x, 30, title, 'title'),
      upper.frame,
      curve(
        upper,
        validations.map(({ step, loss }) => [step, loss]),
      ),
      lower.frame,
      curve(
        lower,
        validations.map(({ step, top1 }) => [step, 100 * top1]),
      ),
    ].join('\n'),
  });
}
