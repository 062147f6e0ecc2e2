import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { readOffers } from '../../src/control/offer-store.js';
import { modelDigest, saveModelFiles } from '../../src/model/model-files.js';
import { parseProfile } from '../../src/partition/profile-file.js';
import type { Profile } from '../../src/partition/profile.js';
import { projectDir } from '../../src/project-dir.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';

const run = promisify(execFile);
const main = join(projectDir(), 'dist', 'src', 'cli', 'main.js');

/** Every number in a value, with the way to it. */
function numbersIn(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}.${key}`));
}

describe('stagecoach profile', () => {
  let fixture: KafkaFixture;
  let pipeline: PipelineUnderTest;
  let folder: string;
  let printed: string;
  let profile: Profile;

  before(async () => {
    fixture = await startKafka();
    pipeline = await PipelineUnderTest.connect(fixture);
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-profile-'));
    await saveModelFiles(pipeline.model, join(folder, 'model'));
    const out = join(folder, 'profile.json');
    const options = [
      ...['--quick', '--model', join(folder, 'model'), '--out', out, '--node', 'alpha'],
      ...['--brokers', fixture.brokers.join(','), '--pipeline', pipeline.name, '--lanes', '3'],
      ...['--encodings', 'raw,f16'],
    ];
    printed = (await run(process.execPath, [main, 'profile', ...options])).stdout;
    profile = parseProfile(await readFile(out, 'utf8'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await pipeline.stop();
    await fixture.stop();
  });

  it('measures every layer, cut and hop, in figures that are finite and not negative', () => {
    for (const [path, value] of numbersIn(profile)) {
      assert(Number.isFinite(value) && value >= 0, `${path} is ${value}`);
    }
    assert.equal(profile.modelDigest, modelDigest(pipeline.model));
    assert.equal(profile.layers.length, 21);
    assert.deepEqual(
      profile.calls.map(({ batch }) => batch),
      [1, 8, 32, 64, 128],
    );
    for (const [at, { batch, ms }] of profile.calls.entries()) {
      const sum = profile.layers.reduce((total, { times }) => {
        return total + (times[at]?.ms.median ?? 0);
      }, ms);
      assert(sum > 0, `the network takes ${sum} ms for ${batch} items`);
    }
    const { roundTripMs, uploadBytesPerS, downloadBytesPerS } = profile.node;
    assert(roundTripMs > 0 && uploadBytesPerS > 0 && downloadBytesPerS > 0);
    assert.deepEqual(
      profile.hops.map(({ encoding }) => encoding),
      ['raw', 'f16'],
    );
    for (const hop of profile.hops) {
      const { recordMs, itemMs, decodeNsPerByte, encodeNsPerByte } = hop;
      assert(recordMs + itemMs + decodeNsPerByte + encodeNsPerByte > 0);
    }
  });

  it('counts the bytes that cross each cut', () => {
    // A GRU of the small network gives 4 steps of 8 float32: 128 bytes an item, and what is said of
    // an item besides takes 20 to 60.
    const first = profile.cuts[2];
    assert(first?.raw !== undefined && first.f16 !== undefined);
    assert(first.raw > 128 + 20 && first.raw < 128 + 60, `${first.raw} bytes`);
    assert(Math.abs(first.raw - first.f16 - 64) < 1, `${first.f16} bytes as f16`);
  });

  it('prints a table with every layer', () => {
    for (const { name } of profile.layers) assert(printed.includes(name), name);
    assert.match(printed, /all layers are native/);
  });

  it("sends the node's offer, with the whole profile", async () => {
    const [offer, ...others] = await readOffers(pipeline.laneLog, pipeline.topics.control);
    assert(offer !== undefined);
    assert.deepEqual(others, []);
    assert.equal(offer.node, 'alpha');
    assert.equal(offer.cores, profile.node.cores);
    assert.equal(offer.roundTripMs, profile.node.roundTripMs);
    assert.deepEqual(parseProfile(offer.profile), profile);
  });

  it('leaves no topics behind but those of its pipeline', async () => {
    const topics = await pipeline.admin.listTopics();
    assert.deepEqual(
      topics.filter((topic) => topic.startsWith('profile-')),
      [],
    );
  });
});
