import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';

/** What a node has to offer for sub-models, as it measured itself. */
export interface NodeOffer {
  readonly node: string;
  /** Processor cores that a worker there may use; less than 1 under a quota. */
  readonly cores: number;
  /** Memory that a worker there may use. */
  readonly memoryBytes: number;
  /** How fast one of its cores is; 1 is a core of the node that it is compared with. */
  readonly speed: number;
  /** From the node to the broker; 0 where it was not measured. */
  readonly uploadBytesPerS: number;
  /** From the broker to the node; 0 where it was not measured. */
  readonly downloadBytesPerS: number;
  /** Of a lone small record through a stage at rest without layers, broker to broker. Milliseconds. */
  readonly roundTripMs: number;
  /** SHA-256 of the model that was measured, in hexadecimal. */
  readonly modelDigest: string;
  /** Epoch milliseconds, UTC. */
  readonly measuredAtMs: number;
  /** The whole profile, as the JSON text of a profile file. */
  readonly profile: string;
}

type OfferBody = Omit<NodeOffer, 'measuredAtMs'> & { readonly measuredAt: number };

const codec = new RecordCodec<NodeOffer, OfferBody>({
  schema: 'node-offer',
  toBody: ({ measuredAtMs, ...same }) => ({ ...same, measuredAt: measuredAtMs }),
  fromBody: ({ measuredAt, ...same }) => ({ ...same, measuredAtMs: measuredAt }),
  sizeHintBytes: ({ node, modelDigest, profile }) =>
    80 + 3 * node.length + modelDigest.length + Math.ceil(1.1 * profile.length),
});

/**
 * Avro single-object encoding of an offer.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodeNodeOffer(offer: NodeOffer): Buffer {
  return codec.encode(offer);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodeNodeOffer(bytes: Uint8Array, options?: DecodeOptions): NodeOffer {
  return codec.decode(bytes, options);
}
