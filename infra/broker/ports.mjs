import { createServer } from 'node:net';

function listen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port }, () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });
}

/** Given out by this process: whoever asked may not listen there yet. */
const given = new Set();

/**
 * A free port on loopback: `preferred` where nobody listens there, else one that was not given out
 * before.
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export async function freePort(preferred) {
  let port = preferred === undefined ? undefined : await listen(preferred);
  while (port === undefined) {
    const free = await listen(0);
    if (!given.has(free)) port = free;
  }
  given.add(port);
  return port;
}
