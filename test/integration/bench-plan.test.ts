import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { plan } from '../../bench/plan.js';
import type { Report } from '../../bench/report/report.js';
import { assertFinite, tableOf } from './bench-report.js';
import { infra } from './infra.js';

const { problem } = await infra.findJava();
const skip = problem === undefined ? false : `${problem}: the bench starts a broker by Java`;

describe('bench plan', { skip }, () => {
  let report: Report;
  before(async () => {
    report = await plan(true);
  });

  it('has what was predicted of each plan beside what it did', () => {
    assertFinite(report);
    const rows = tableOf(report, /^Predicted and measured/);
    const names = rows.map((row) => String(row['plan']));
    for (const name of ['chosen', 'whole copies', 'best cut', 'even']) {
      assert(
        names.some((one) => one.split(', ').includes(name)),
        `${name} in ${names.join('; ')}`,
      );
    }
    for (const row of rows) {
      const quotient = Number(row['measured/s']) / Number(row['predicted/s']);
      assert(Math.abs(quotient - Number(row['measured/predicted'])) < 1e-9);
    }
  });

  it('has each stage’s processor time, and how good the choice was', () => {
    const stages = tableOf(report, /^Processor time/);
    assert(stages.length >= 3, 'a stage of whole copies, and two of a cut');
    const [choice] = tableOf(report, /^The planner’s choice/);
    const share = Number(choice?.['chosen/s']) / Number(choice?.['best/s']);
    assert(Math.abs(share - Number(choice?.['chosen/best'])) < 1e-9);
  });
});
