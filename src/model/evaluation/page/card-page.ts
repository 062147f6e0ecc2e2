import { accuracyText } from './accuracy-section.js';
import { dataText, movementNotice, wordsFor } from './data-section.js';
import { calibrationText, errorsText } from './error-section.js';
import { cellText, percent, table, thousands } from './markdown.js';
import type { ModelCard } from '../../training/card.js';
import type { DataWords } from './data-section.js';

function trainingText({ network, training }: ModelCard, words: DataWords): string {
  const best = training.bestValidationTop1;
  return `Embedding of ${thousands(network.cells)} cells (cell 0 is outside and padding), ${network.depth} GRUs of ${network.units} units with layer normalisation and dropout ${network.dropout} between them, softmax over the cells: ${thousands(network.parameters)} parameters.

- ${thousands(training.steps)} steps of ${training.batch} windows (${training.epochs.toFixed(1)} epochs) in ${thousands(training.seconds)} s on one core; ended by: ${training.end}.
- Adam, learning rate up to ${training.peakLearningRate} after ${training.warmUpSteps} steps, then half a cosine; cross-entropy at every time step; gradients clipped to length 1; seed ${training.seed}.
- The weights are those of the best validation${best === null ? '' : ` (top-1 ${percent(best)} on a sample of ${words.validation})`}.

![Training loss and validation top-1 by step](loss.svg)

Made by:

\`\`\`sh
${training.command}
\`\`\``;
}

function triedText({ tried }: ModelCard): string {
  if (tried.length === 0) return '';
  return `
## What was tried

${table([['what', 'result'], ...tried.map(({ what, result }) => [cellText(what), cellText(result)])])}
`;
}

/** The card as a page for people. Pictures are named as files beside it. */
export function cardMarkdown(card: ModelCard): string {
  const { grid, network, sample } = card;
  const words = wordsFor(card.data);
  return `# Model card: ${card.name}

Predicts the next ${grid.cellSizeM} m cell of the grid \`${grid.name}\` (version ${grid.version}) that a ${words.vehicle} enters, from the last ${network.steps} cells that it entered. Digest \`${card.digest}\`, trained ${card.trainedAt}, evaluated ${card.evaluatedAt}.

This page, \`card.json\`, \`sample.json\` and the pictures are written by \`stagecoach train\`, and anew by \`stagecoach evaluate\`; nothing in them is entered by hand. \`npm test\` holds the model's files against the digest, and its predictions against those stated here on the ${thousands(sample.items)} test items of \`sample.json\`: ${thousands(sample.top1Hits)} of them are hit by the best cell, ${thousands(sample.top3Hits)} by the best three, ${thousands(sample.top5Hits)} by the best five.

${movementNotice(card.data)}

## Accuracy

${accuracyText(card, words)}

## Where it errs

${errorsText(card, words)}

## Calibration

${calibrationText(card.calibration)}

## Data

${dataText(card.data)}

## Network and training

${trainingText(card, words)}
${triedText(card)}`;
}
