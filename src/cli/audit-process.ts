import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { fetchModel } from '../control/model-store.js';
import { findPlan } from '../control/plan-store.js';
import { messageOf } from '../errors.js';
import { createLogger } from '../log.js';
import { auditRun, type Audit } from '../observe/run-audit.js';
import type { AuditAnswer, AuditShare } from './audit.js';

/** The process that `auditInChildren` starts: one job comes in, one answer goes out. */
async function work(job: AuditShare): Promise<Audit> {
  const { client, pipeline, plan: name, processes, remainder, ...ranges } = job;
  const laneLog = await LaneLog.connect(createKafka(client, createLogger('audit', 'warn')));
  try {
    const topics = pipelineTopics(pipeline);
    const plan = await findPlan(laneLog, topics.control, name);
    const model = await fetchModel(laneLog, topics.models, plan.modelDigest);
    const isJudged = (lane: number): boolean => lane % processes === remainder;
    return await auditRun({ laneLog, plan, model, isJudged, ...ranges });
  } finally {
    await laneLog.close();
  }
}

function answer(message: AuditAnswer): void {
  process.send?.(message, () => process.exit(0));
}

process.once('message', (job: AuditShare) => {
  work(job).then(
    (audit) => answer({ audit }),
    (error: unknown) => answer({ error: messageOf(error) }),
  );
});
process.once('disconnect', () => process.exit(1));
