import { laidOutOtherwise, require } from './substitute.js';

/** What of kafkajs's queue of a connection's requests is mended. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/**
 * kafkajs looks every millisecond, on each connection, whether a request waits that may be sent by
 * now, also where none waits: a worker at rest was busy with it for half of its time.
 */
export function restBetweenRequests(): void {
  const loaded: unknown = require('kafkajs/src/network/requestQueue/index.js');
  if (typeof loaded !== 'function') throw laidOutOtherwise();
  const prototype = loaded.prototype as RequestQueue;
  const { scheduleCheckPendingRequests } = prototype;
  if (typeof scheduleCheckPendingRequests !== 'function') throw laidOutOtherwise();
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
