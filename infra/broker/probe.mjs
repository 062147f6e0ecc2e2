import { connect } from 'node:net';

const metadataKey = 3;
const metadataVersion = 1;
const correlationId = 7;

/** A Metadata request, version 1, without client id, for no topic. @see https://kafka.apache.org/protocol#The_Messages_Metadata */
function metadataRequest() {
  const request = Buffer.alloc(18);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(metadataKey, 4);
  request.writeInt16BE(metadataVersion, 6);
  request.writeInt32BE(correlationId, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}

/**
 * Whether a Kafka broker answers there and takes part in its cluster: it lists itself only then.
 * @param {string} host
 * @param {number} port
 * @param {number} [limitMs]
 * @returns {Promise<boolean>}
 */
export function brokerAnswers(host, port, limitMs = 1_000) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const answer = (answers) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    const timer = setTimeout(() => answer(false), limitMs);
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Length, correlation id, number of brokers.
      if (received.length >= 12) {
        answer(received.readInt32BE(4) === correlationId && received.readInt32BE(8) > 0);
      }
    });
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
