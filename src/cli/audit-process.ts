import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { fetchModel } from '../control/model-store.js';
import { findPlan } from '../control/plan-store.js';
import { messageOf } from '../errors.js';
import { createLogger } from '../log.js';
import { auditRun, type Audit } from '../observe/run-audit.js';
import type { AuditJob, AuditAnswer } from './audit.js';

/** The process that `auditInChild` starts: one job comes in, one answer goes out. */
async function work(job: AuditJob): Promise<Audit> {
  const { client, pipeline, plan: name, ...ranges } = job;
  const laneLog = await LaneLog.connect(createKafka(client, createLogger('audit', 'warn')));
  try {
    const topics = pipelineTopics(pipeline);
    const plan = await findPlan(laneLog, topics.control, name);
    const model = await fetchModel(laneLog, topics.models, plan.modelDigest);
    return await auditRun({ laneLog, plan, model, ...ranges });
  } finally {
    await laneLog.close();
  }
}

function answer(message: AuditAnswer): void {
  process.send?.(message, () => process.exit(0));
}

process.once('message', (job: AuditJob) => {
  work(job).then(
    (audit) => answer({ audit }),
    (error: unknown) => answer({ error: messageOf(error) }),
  );
});
process.once('disconnect', () => process.exit(1));
