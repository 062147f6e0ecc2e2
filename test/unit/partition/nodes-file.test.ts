import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '../../../src/errors.js';
import { parseNodesFile } from '../../../src/partition/nodes-file.js';
import type { NodeResources } from '../../../src/partition/profile.js';
import { parseBytes, parseBytesPerS } from '../../../src/partition/quantity.js';

const profiled: NodeResources = {
  name: 'here',
  cores: 2,
  memoryBytes: 8e9,
  speed: 1,
  uploadBytesPerS: 1e8,
  downloadBytesPerS: 2e8,
  roundTripMs: 3,
};

function parse(nodes: unknown): readonly NodeResources[] {
  return parseNodesFile(JSON.stringify(nodes), 'nodes.json', profiled);
}

/** Its lines behind the first. */
function problemsOf(text: string): readonly string[] {
  try {
    parseNodesFile(text, 'nodes.json', profiled);
  } catch (error) {
    assert(error instanceof ConfigError);
    const [first, ...others] = error.message.split('\n');
    assert.equal(first, "The nodes file nodes.json can't be used:");
    return others.map((line) => line.trim());
  }
  return [];
}

describe('a nodes file', () => {
  it('needs a name a node; what a node does not say is as on the node that was profiled', () => {
    assert.deepEqual(parse([{ name: 'a' }]), [{ ...profiled, name: 'a' }]);
  });

  it('takes memory and bandwidth as numbers of bytes or with units', () => {
    const [node] = parse([
      { name: 'a', memory: '512 MiB', upload: '100 Mbit/s', download: 1e6, speed: 0.5, cores: 0.5 },
    ]);
    assert.deepEqual(node, {
      ...{ name: 'a', cores: 0.5, speed: 0.5, roundTripMs: 3 },
      // 512 · 1024 · 1024, and 100,000,000 / 8.
      ...{ memoryBytes: 536_870_912, uploadBytesPerS: 12_500_000, downloadBytesPerS: 1_000_000 },
    });
  });

  it('names the nodes of a count one after the other', () => {
    const names = parse([{ name: 'pi', count: 3 }, { name: 'server' }]).map(({ name }) => name);
    assert.deepEqual(names, ['pi-1', 'pi-2', 'pi-3', 'server']);
  });

  it('tells of all that is wrong at once, and where', () => {
    const text = JSON.stringify([
      { name: 'a', cores: 0, memory: 'much' },
      { upload: '5 parsecs' },
      { name: 'c', colour: 'red' },
      7,
    ]);
    const problems = problemsOf(text);
    assert.equal(problems.length, 6, problems.join('\n'));
    assert.match(problems[0] ?? '', /^node 1 \("a"\), cores: found 0; /);
    assert.match(problems[1] ?? '', /^node 1 \("a"\), memory: found "much"; .*"512 MiB"/);
    assert.match(problems[2] ?? '', /^node 2, name: missing; /);
    assert.match(problems[3] ?? '', /^node 2, upload: found "5 parsecs"; .*"100 Mbit\/s"/);
    assert.match(problems[4] ?? '', /^node 3 \("c"\): .*colour/);
    assert.match(problems[5] ?? '', /^node 4: /);
  });

  it('refuses two nodes of one name, none at all, and what is no JSON', () => {
    const twice = JSON.stringify([{ name: 'a-1' }, { name: 'a', count: 2 }]);
    assert.deepEqual(problemsOf(twice), ['two nodes are called "a-1"']);
    assert.deepEqual(problemsOf('[]'), ['it names no node']);
    assert.match(problemsOf('{')[0] ?? '', /JSON array of nodes/);
  });
});

describe('quantities', () => {
  it('are decimal or binary as their unit says, in any case', () => {
    assert.equal(parseBytes('1.5 kB'), 1_500);
    assert.equal(parseBytes('2GiB'), 2_147_483_648);
    assert.equal(parseBytes(' 77 '), 77);
    assert.equal(parseBytesPerS('8 kbit/s'), 1_000);
    assert.equal(parseBytesPerS('3 MB/s'), 3_000_000);
    assert.equal(parseBytesPerS('9'), 9);
  });

  it('are none where unit or number is', () => {
    for (const text of ['', 'MiB', '-1 MB', '1 Mbit/s', '1 meter']) {
      assert.equal(parseBytes(text), null, text);
    }
    for (const text of ['', '1 Mbit', '1 MB', 'fast', '1 MB/h']) {
      assert.equal(parseBytesPerS(text), null, text);
    }
  });
});
