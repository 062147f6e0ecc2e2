import { substitute } from './substitute.js';

/** What stands before every request's own fields. */
export interface RequestHead {
  readonly correlationId: number;
  readonly clientId: string;
}

/** A request that writes itself, with all that Kafka wants before it, into one buffer. */
export interface FramedRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  /** For kafkajs's log. */
  readonly apiName: string;
  /** The bytes for the connection, their size first. */
  frame(head: RequestHead): Buffer;
}

type CreateRequest = (
  parts: RequestHead & { readonly request: Partial<FramedRequest> },
) => Promise<{ readonly buffer: Buffer }>;

/**
 * kafkajs copies what it sends seven times, from encoder to encoder. Requests with a `frame` of their
 * own go to the connection as that gives them.
 */
export function takeFramedRequests(): void {
  substitute<CreateRequest>('kafkajs/src/protocol/request.js', (original) => async (parts) => {
    const { request, correlationId, clientId } = parts;
    if (request.frame === undefined) return original(parts);
    return { buffer: request.frame({ correlationId, clientId }) };
  });
}
