import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { runTraining } from '../../src/cli/training/train-run.js';
import { readCity } from '../../src/cli/city-file.js';
import { loadConfig } from '../../src/config.js';
import { projectDir } from '../../src/project-dir.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { CommandLine } from './command-line.js';
import { Terminal, hasTerminal } from './terminal.js';
import { tinyTraining } from './tiny-training.js';
import { WatchedPipeline } from './watched-pipeline.js';

const sample = join(projectDir(), 'data', 'san-francisco', 'sample.csv');
/** The box of cities/san-francisco.json. */
const bbox = '-122.53,37.59,-122.35,37.835';
const flags = ['--bbox', bbox, '--name', 'bay', '--time-zone', 'America/Los_Angeles'];

/** A training of the sample's six cabs, of which seed 16 puts one into each of the smaller parts. */
function trainingOf(line: CommandLine, city: string, out: string, dryRun = false): Promise<void> {
  const training = { ...tinyTraining, city, out, fixes: sample, splitSeed: 16, dryRun };
  return runTraining(training, line.file('cache'));
}

describe('stagecoach init', () => {
  const lineOf = (t: TestContext): CommandLine => CommandLine.during(t, ['127.0.0.1:1']);

  it('writes by flags what train takes, and ends with the commands that come next', async (t) => {
    const line = lineOf(t);
    const { code, stdout, stderr } = await line.run(['init', ...flags]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /55 × 32 squares of 500 m; 1,760 of them can become cells/);
    assert.match(stdout, / cd bay\n/);
    assert.match(stdout, /stagecoach train --city bay.json --fixes FIXES.csv --out models\/bay\n/);
    const { city } = readCity(line.file('bay/bay.json'));
    const shipped = readCity(join(projectDir(), 'cities', 'san-francisco.json')).city;
    assert.deepEqual(city.area.bounds, shipped.area.bounds);
    const config = loadConfig({
      file: line.file('bay/stagecoach.json'),
      environment: {},
      flags: { brokers: 'one:1' },
      projectDir: line.folder,
    });
    assert.equal(config.pipeline, 'bay');
    assert.equal(config.model, line.file('bay/models/bay'));
    await trainingOf(line, line.file('bay/bay.json'), line.file('bay/models/bay'), true);
  });

  it('says without a terminal which flags it needs, and writes nothing', async (t) => {
    const line = lineOf(t);
    const { code, stderr } = await line.run(['init', '--cell-size', '400']);
    assert.equal(code, 1);
    for (const flag of ['--bbox', '--polygon', '--name', '--time-zone']) {
      assert.ok(stderr.includes(flag), stderr);
    }
    assert.deepEqual(await readdir(line.folder), []);
  });

  it('asks nothing with --yes, and replaces nothing without --force', async (t) => {
    const line = lineOf(t);
    const init = ['init', '--bbox', '177,-18,177.2,-17.8', '--name', 'west', '--yes'];
    const first = await line.run(init, 'no\nno\n');
    assert.equal(first.code, 0, first.stderr);
    const again = await line.run(init);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /west.json and stagecoach.json in .* would be replaced.*--force/);
    const forced = await line.run([...init, '--cell-size', '400', '--force']);
    assert.equal(forced.code, 0, forced.stderr);
    assert.match(await readFile(line.file('west/west.json'), 'utf8'), /"cellSizeM": 400/);
  });

  it('refuses an area near a pole with the number and the reason', async (t) => {
    const polar = ['--bbox', '10,79,12,81', '--name', 'pole', '--time-zone', 'Arctic/Longyearbyen'];
    const { code, stderr } = await lineOf(t).run(['init', ...polar]);
    assert.equal(code, 1);
    assert.match(stderr, /-80 to 80 degrees; found south 79.*north 81.*narrower/);
    assert.doesNotMatch(stderr, /^ +at /m, 'no stack');
  });

  describe('on a terminal', { skip: !hasTerminal() && 'there is no script of util-linux' }, () => {
    function terminalOf(t: TestContext, line: CommandLine, args: readonly string[]): Terminal {
      const terminal = new Terminal(['init', ...args], line.folder);
      t.after(() => terminal.close());
      return terminal;
    }

    it('asks, shows what it understood, and writes when that is wanted', async (t) => {
      const line = lineOf(t);
      const terminal = terminalOf(t, line, ['--time-zone', 'Pacific/Fiji']);
      await terminal.type('-20,177,-16,181\r', 'Area');
      await terminal.type('177,-18.3,-178,-17.9\r', 'latitude and longitude swapped');
      await terminal.type('suva\r', 'Name');
      await terminal.type('1000\r', 'Side of a cell');
      await terminal.type('\r', 'roads');
      await terminal.type('\r', 'Who recorded');
      await terminal.type('\r', 'Folder');
      await terminal.type('\r', 'Write');
      assert.equal(await terminal.ended(), 0, terminal.screen);
      assert.match(terminal.screen, /across the antimeridian/);
      const { city } = readCity(line.file('suva/suva.json'));
      assert.deepEqual(city.area.bounds, { south: -18.3, west: 177, north: -17.9, east: 182 });
      assert.equal(city.cellSizeM, 1_000);
    });

    it('leaves nothing behind at Ctrl-C, even where all but the last answer is given', async (t) => {
      const line = lineOf(t);
      const terminal = terminalOf(t, line, [...flags, '--cell-size', '500', '--roads', 'none']);
      await terminal.type('\r', 'Who recorded');
      await terminal.type('\r', 'Folder');
      await terminal.type('\u0003', 'Write');
      assert.equal(await terminal.ended(), 130, terminal.screen);
      assert.match(terminal.screen, /nothing was written/);
      assert.deepEqual(await readdir(line.folder), []);
    });
  });
});

describe('a city of one’s own', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  it('is predicted by init, train, up and feed, each with what the one before has written', async (t) => {
    const line = CommandLine.during(t, fixture.brokers);
    const init = await line.run(['init', ...flags, '--out', '.']);
    assert.equal(init.code, 0, init.stderr);
    await trainingOf(line, line.file('bay.json'), line.file('models/bay'));
    assert.ok(existsSync(line.file('models/bay/grid.json')));

    // Settings and model are those of stagecoach.json in the working directory.
    const up = line.start(['up', '--no-fleet', '--stages', '1', '--predictions', '50']);
    const pipeline = await WatchedPipeline.connect(fixture.brokers, line.pipeline);
    t.after(() => pipeline.close());
    await up.until(
      'its topics are there',
      () => pipeline.reports().catch(() => null),
      (reports) => (reports?.size ?? 0) > 0,
    );
    const feed = await line.run(['feed', sample]);
    assert.equal(feed.code, 0, feed.stderr);
    const { code, stdout, stderr } = await up.finished;
    assert.equal(code, 0, stdout + stderr);
    const predictions = await pipeline.predictions();
    assert.ok(predictions.length >= 50);
    assert.ok(predictions.some(({ vehicleId }) => vehicleId === 'abboip'));
  });
});
