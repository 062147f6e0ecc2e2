import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { messageOf } from '../errors.js';
import { createLogger } from '../log.js';
import type { ReaderAnswer, ReaderJob, ReaderWish } from './waiting-reader.js';

const fetchWaitMs = 1_000;
const maxBytes = 1_000_000;

/** The process that `forkReader` starts: it waits for one record after the other. */
async function begin({ client, topic }: ReaderJob): Promise<null> {
  const laneLog = await LaneLog.connect(createKafka(client, createLogger('reader', 'error')));
  await laneLog.lanes(topic);
  process.on('message', ({ offset }: ReaderWish) => {
    answerWith(arrival(laneLog, topic, offset));
  });
  return null;
}

/** @returns nanoseconds of the system's monotonic clock, which all processes share */
async function arrival(laneLog: LaneLog, topic: string, offset: number): Promise<string> {
  const [nodeId = ''] = (await laneLog.leaders(topic, [0])).keys();
  for (;;) {
    const [lane] = await laneLog.fetch(topic, nodeId, new Map([[0, offset]]), {
      ...{ maxWaitMs: fetchWaitMs, maxLaneBytes: maxBytes, maxBytes, committedOnly: false },
    });
    if (lane !== undefined && lane.records.length > 0) return String(process.hrtime.bigint());
  }
}

function answerWith(work: Promise<string | null>): void {
  const send = (answer: ReaderAnswer): void => void process.send?.(answer);
  work.then(
    (arrivedNs) => send({ arrivedNs }),
    (error: unknown) => send({ error: messageOf(error) }),
  );
}

process.once('message', (job: ReaderJob) => answerWith(begin(job)));
process.once('disconnect', () => process.exit(0));
