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

/**
 * A free port on loopback: `preferred` where nobody listens there, else any.
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export async function freePort(preferred) {
  const port = preferred === undefined ? undefined : await listen(preferred);
  return port ?? (await listen(0));
}
