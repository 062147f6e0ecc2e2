import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planPicture } from '../../../src/observe/plan-picture.js';
import { aRun, aStage } from './planned-runs.js';

const run = aRun([
  aStage(0, 5, ['a'], { computeMs: 0.3, hopMs: 0.1, itemsPerS: 3_000 }),
  aStage(5, 20, ['b', 'c', 'b'], { computeMs: 1.2, hopMs: 0.2, itemsPerS: 2_000, inBytes: 10_240 }),
  aStage(20, 21, ['d'], { computeMs: 0.05, hopMs: 0.15, itemsPerS: 4_000, inBytes: 512 }),
]);

/**
 * Reads XML as strictly as its tags need: each is closed, in order, with quoted attributes, and text
 * has no bare markup. Gives the tags that open, with their attributes.
 */
function tagsOf(xml: string): { name: string; attributes: ReadonlyMap<string, string> }[] {
  const open: string[] = [];
  const tags: { name: string; attributes: ReadonlyMap<string, string> }[] = [];
  let rest = xml;
  while (rest.trim() !== '') {
    const text = /^[^<]*/.exec(rest)?.[0] ?? '';
    assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|#39);)/, 'only known entities');
    if (open.length === 0) assert.equal(text.trim(), '', 'no text outside');
    rest = rest.slice(text.length);
    if (rest === '') break;
    const tag = /^<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest);
    assert(tag !== null, `no tag: ${rest.slice(0, 60)}`);
    const [whole, closes, name = '', attributes = '', isEmpty] = tag;
    rest = rest.slice(whole.length);
    if (closes === '/') {
      assert.equal(open.pop(), name);
      continue;
    }
    const found = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)];
    tags.push({ name, attributes: new Map(found.map(([, key = '', value = '']) => [key, value])) });
    if (isEmpty !== '/') open.push(name);
  }
  assert.deepEqual(open, []);
  return tags;
}

/** Widths of the boxes of a kind in the rows, not those of the legend. */
function widths(svg: string, kind: 'compute' | 'hop'): number[] {
  return tagsOf(svg)
    .filter(({ name, attributes }) => name === 'rect' && attributes.get('class') === kind)
    .map(({ attributes }) => ({
      width: Number(attributes.get('width')),
      height: attributes.get('height'),
    }))
    .filter(({ height }) => height === '40')
    .map(({ width }) => width);
}

describe('the picture of a plan', () => {
  it('is well-formed, also where nodes have names like markup', () => {
    tagsOf(planPicture(run));
    const svg = planPicture(aRun([aStage(0, 2, ['<b> & "c"', "d'\u0000"])]));
    tagsOf(svg);
    assert(svg.includes('&lt;b&gt; &amp; &quot;c&quot;, d&#39;'));
  });

  it('has boxes as wide as an item’s time, one for each worker', () => {
    const svg = planPicture(run);
    const [first = 0, ...others] = widths(svg, 'compute');
    const hops = widths(svg, 'hop');
    const perMs = first / 0.3;
    const near = (widths: readonly number[], ms: readonly number[]): void => {
      assert.equal(widths.length, ms.length);
      ms.forEach((one, at) => assert(Math.abs((widths[at] ?? 0) - one * perMs) < 0.05, `${at}`));
    };
    near(others, [1.2, 1.2, 1.2, 0.05]);
    near(hops, [0.1, 0.2, 0.2, 0.2, 0.15]);
  });

  it('begins each box where the one before ended', () => {
    const boxes = tagsOf(planPicture(run)).filter(
      ({ attributes }) => attributes.get('height') === '40',
    );
    const at = (key: string, index: number): number => Number(boxes[index]?.attributes.get(key));
    // Boxes come compute, hop; of the three workers of stage 2 the foremost comes last.
    const ends = [1, 7].map((hop) => at('x', hop) + at('width', hop));
    const begins = [6, 8].map((compute) => at('x', compute));
    ends.forEach((end, index) => assert(Math.abs(end - (begins[index] ?? 0)) < 0.05));
  });

  it('says of each stage its layers, nodes and workers, and of each cut its bytes', () => {
    const svg = planPicture(run);
    for (const text of [
      ...['stage 1 · layers 0–4', 'stage 2 · layers 5–19', 'stage 3 · layers 20'],
      ...['>b × 2, c<', '>1.4 ms × 3<', 'windows: 80 B an item', 'cut: 10 kB an item'],
      ...['cut: 512 B an item', '5 workers, cut before layers 5 and 20'],
    ]) {
      assert(svg.includes(text), text);
    }
    const slow = /<g class="stage limit">\s*<text[^>]*>([^<]*)/.exec(svg)?.[1];
    assert.equal(slow, 'stage 2 · layers 5–19');
  });

  it('has colours for light and dark pages', () => {
    assert.match(planPicture(run), /@media \(prefers-color-scheme: dark\)/);
  });
});
