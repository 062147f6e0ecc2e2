import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parsePlanFile } from '../../src/partition/plan-file.js';
import { projectDir } from '../../src/project-dir.js';
import { CommandLine } from './command-line.js';

const fixtures = join(projectDir(), 'test', 'e2e', 'fixtures');
const profile = ['--profile', join(fixtures, 'profile.json')];
const files = [...profile, '--nodes', join(fixtures, 'nodes.json')];

describe('stagecoach plan', () => {
  /** No broker answers there: with a profile file and a nodes file none is asked. */
  function commandLine(t: TestContext): CommandLine {
    const line = new CommandLine(['127.0.0.1:1']);
    t.after(() => line.close());
    return line;
  }

  it('prints a row for each number of workers, and what was chosen, from files alone', async (t) => {
    const line = commandLine(t);
    const [json, svg] = [line.file('plan.json'), line.file('plan.svg')];
    const { code, stdout, stderr } = await line.run([
      'plan',
      ...files,
      '--json',
      json,
      '--svg',
      svg,
    ]);
    assert.equal(code, 0, stderr);
    // Two cores of the server and two small nodes.
    for (const count of [1, 2, 3, 4]) assert.match(stdout, new RegExp(`^ +(> )?${count}  `, 'm'));
    assert.match(stdout, /^ Chosen: /m);
    assert.match(stdout, /An even cut over/);
    const orders = parsePlanFile(await readFile(json, 'utf8'), json);
    assert.equal(orders.lanes, 3);
    assert.equal(orders.chosen.stages.at(-1)?.layers.to, 21);
    assert.match(await readFile(svg, 'utf8'), /^<svg [^]*<\/svg>\n$/);
  });

  it('plans the cuts that it is given, and says how much better the best plan is', async (t) => {
    const { code, stdout, stderr } = await commandLine(t).run(['plan', ...files, '--cuts', '7,14']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /As asked for \(manual\): .*cut before layers 7 and 14/);
    assert.match(stdout.replace(/\s+/g, ' '), /The best plan, .* is \d+\.\d\d x as good/);
  });

  it('says that copies of a whole model beat every cut where a network is slow', async (t) => {
    const line = commandLine(t);
    const nodes = line.file('nodes.json');
    // What crosses a cut takes a hundred times as long as computing it.
    const slow = { upload: '1 Mbit/s', download: '1 Mbit/s', cores: 1 };
    await writeFile(nodes, JSON.stringify([{ name: 'far', count: 3, ...slow }]));
    const { stdout, stderr } = await line.run(['plan', ...profile, '--nodes', nodes]);
    assert.match(stdout, /3 whole copies do \d+\.\d\d x the best cut: don't cut\./, stderr);
  });

  it('tells all that is wrong with a nodes file, and what a manual plan needs', async (t) => {
    const line = commandLine(t);
    const nodes = line.file('nodes.json');
    await writeFile(nodes, JSON.stringify([{ name: 'a', cores: -1 }, { memory: '5 fish' }]));
    const wrong = await line.run(['plan', ...profile, '--nodes', nodes]);
    assert.equal(wrong.code, 1);
    for (const text of ['cores: found -1', 'node 2, name: missing', '"5 fish"']) {
      assert(wrong.stderr.includes(text), wrong.stderr);
    }
    const manual = await line.run(['plan', ...files, '--strategy', 'manual']);
    assert.equal(manual.code, 1);
    assert.match(manual.stderr, /needs the cuts: name them with --cuts/);
  });
});
