import { eventually } from '../../integration/eventually.js';
import { infra } from '../../integration/infra.js';
import { SmallDisk } from '../small-disk.js';
import { startSmallStand, toldRow, untilTold, type ToldFault } from '../told.js';

const diskMebibytes = 128;
/** A worker that stands still for so long says why. */
const stallTimeoutMs = 5_000;

const noJava = 'the broker whose disk is small is run by Java, which set-up has not found here';

export const diskFull: ToldFault = {
  name: 'disk full',
  guarantee:
    'a broker whose disk is full is told by those who wait for it, and loses nothing that it has acknowledged',
  times: { full: 1, short: 1 },
  run: async (cluster, seed, sessionTimeoutMs) => {
    const { problem } = await infra.findJava();
    if (problem !== undefined || !infra.hasJars()) return noJava;
    const disk = await SmallDisk.mount(diskMebibytes);
    if (typeof disk === 'string') return disk;
    // A broker of its own, alone: nobody else has what it writes.
    let broker = await infra.startJavaBroker({ dataDir: disk.path });
    const port = Number(broker.endpoint.split(':')[1]);
    const where = { brokers: [broker.endpoint], proxied: [broker.endpoint], tool: cluster.tool };
    try {
      const environment = { STAGECOACH_STALL_TIMEOUT_MS: String(stallTimeoutMs) };
      const options = { sessionTimeoutMs, environment };
      const { stand } = await startSmallStand(where, seed, options);
      try {
        disk.fill();
        await eventually(
          'the broker gives up',
          () => infra.brokerAnswers('127.0.0.1', port),
          (answers) => !answers,
        );
        await untilTold(stand, 'lanes stand still, and why', (notice) =>
          /no fetch of lanes|have not moved/.test(notice),
        );
        disk.free();
        await broker.kill();
        broker = await infra.startJavaBroker({ dataDir: disk.path, port });
        await stand.untilMovingSince(Date.now());
        await stand.stopFeed();
        const ends = await stand.untilDrained();
        return toldRow(diskFull, [await stand.judge(stand.plan.startOffsets, ends)]);
      } finally {
        await stand.stop();
      }
    } finally {
      await broker.kill();
      disk.unmount();
    }
  },
};
