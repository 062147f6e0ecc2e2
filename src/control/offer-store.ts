import type { LaneWriter } from '../broker/lane-writer.js';
import { decodeNodeOffer, encodeNodeOffer, type NodeOffer } from '../wire/node-offer.js';
import { latestValues, type ReadableLog } from './latest-values.js';

const keyPrefix = 'offer/';

/** Writes a node's offer to the control topic, in the place of the one that it made before. */
export async function publishOffer(
  writer: Pick<LaneWriter, 'send'>,
  topic: string,
  offer: NodeOffer,
): Promise<void> {
  const value = encodeNodeOffer(offer);
  await writer.send(topic, 0, [{ key: `${keyPrefix}${offer.node}`, value }]);
}

/** The newest offer of each node on the control topic, by the nodes' names. */
export async function readOffers(laneLog: ReadableLog, topic: string): Promise<NodeOffer[]> {
  const offers: NodeOffer[] = [];
  for (const [key, value] of await latestValues(laneLog, topic)) {
    if (key.startsWith(keyPrefix)) offers.push(decodeNodeOffer(value));
  }
  return offers.sort((a, b) => (a.node < b.node ? -1 : 1));
}
