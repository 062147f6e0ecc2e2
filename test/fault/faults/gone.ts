import { setTimeout as delay } from 'node:timers/promises';
import { stageTopic } from '../../../src/broker/topics.js';
import type { FaultStand } from '../stand.js';
import { goOnWithNewPlan, startSmallStand, toldRow, untilTold, type ToldFault } from '../told.js';

/** Something that a stage needs is gone; then all goes on with a new plan. */
function gone(
  name: string,
  guarantee: string,
  take: (stand: FaultStand) => Promise<void>,
): ToldFault {
  return {
    name,
    guarantee,
    times: { full: 1, short: 1 },
    run: async (cluster, seed, sessionTimeoutMs) => {
      const { stand, traffic } = await startSmallStand(cluster, seed, { sessionTimeoutMs });
      try {
        await take(stand);
        return toldRow({ name, guarantee }, await goOnWithNewPlan(stand, traffic));
      } finally {
        await stand.stop();
      }
    },
  };
}

function inputOfStage2({ plan }: FaultStand): string {
  return stageTopic(plan.pipeline, plan.name, 2);
}

async function deleteTopic(stand: FaultStand): Promise<void> {
  const topic = inputOfStage2(stand);
  await stand.admin.deleteTopics({ topics: [topic] });
  for (const role of ['stage-1', 'stage-2']) {
    await untilTold(
      stand,
      `${role} has lost ${topic}`,
      (notice) => notice.startsWith(role) && notice.includes(`${topic} does not exist any more`),
    );
  }
}

async function letRetentionOvertake(stand: FaultStand): Promise<void> {
  const topic = inputOfStage2(stand);
  await stand.workers.end('stage-2-0');
  await delay(2_000);
  // As retention does it: the beginning of each lane moves on, and its readers are not asked.
  const { end } = await stand.laneLog.bounds(topic);
  const partitions = end.map((offset, partition) => ({ partition, offset: String(offset - 1) }));
  await stand.admin.deleteTopicRecords({ topic, partitions });
  stand.workers.start('stage-2-1');
  for (const [lane] of end.entries()) {
    await untilTold(
      stand,
      `lane ${lane} of stage 2 has a gap`,
      (notice) => notice.startsWith('stage-2') && notice.includes(`lane ${lane} stopped`),
    );
  }
}

export const goneFaults: readonly ToldFault[] = [
  gone(
    'topic deleted',
    'a topic that is deleted under a running pipeline is told, stops its lanes, and a new plan leaves nothing out',
    deleteTopic,
  ),
  gone(
    'retention overtakes',
    'a stage that retention has overtaken says so, skips nothing, and a new plan leaves nothing out',
    letRetentionOvertake,
  ),
];
