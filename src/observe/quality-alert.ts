import { wilsonInterval } from '../model/share-interval.js';
import type { CardAccuracy } from '../model/card-accuracy.js';
import { counted, formatShare } from './figures.js';
import type { LiveQualityFigures } from './quality-reports.js';

/** Of fewer predictions nothing is said: they may be of one road and ten minutes. */
const fewestPredictions = 500;

/**
 * So many times the last hour's predictions were scored since the sinks have started: in the first
 * hour vehicles are predicted from short windows, and fewer of the predictions come true.
 */
const hoursBefore = 2;

/**
 * The line that tells that predictions come true less often than the model's card promises; null
 * where they don't, or too few are scored, or the sinks are young. They do where the 95 % interval of
 * the last hour's top-1 lies wholly below that of the card's.
 *
 * @example
 * 'top-1 is 61.2 % over the last hour (4,210 predictions), below the card’s 67.4 … 68.2 %: …'
 */
export function qualityAlert(
  { lastHour, sinceStart }: Pick<LiveQualityFigures, 'lastHour' | 'sinceStart'>,
  card: CardAccuracy | null,
): string | null {
  const { scored, top1Hits } = lastHour;
  if (card === null || scored < fewestPredictions) return null;
  if (sinceStart.scored < hoursBefore * scored) return null;
  const live = wilsonInterval(top1Hits, scored);
  if (live.high >= card.top1.low) return null;
  const promised = `${(card.top1.low * 100).toFixed(1)} … ${formatShare(card.top1.high)}`;
  return (
    `top-1 is ${formatShare(live.share)} over the last hour (${counted(scored, 'prediction')}), ` +
    `below the card’s ${promised}: vehicles move otherwise than those that the model has learned ` +
    'from, or are seen too seldom; docs/operations.md, "Live quality", says what to look at'
  );
}
