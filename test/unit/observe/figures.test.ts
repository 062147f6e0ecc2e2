import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as figures from '../../../src/observe/figures.js';

describe('figures', () => {
  const cases: readonly (readonly [string, (value: number) => string, number, string])[] = [
    ['a count', figures.formatCount, 1234567, '1,234,567'],
    ['a short count', figures.formatShortCount, 999_999, '999,999'],
    ['a short count', figures.formatShortCount, 1_234_567, '1.2 M'],
    ['a short count', figures.formatShortCount, 31e9, '31 G'],
    ['a mean', figures.formatMean, 0, '0'],
    ['a mean', figures.formatMean, 0.419, '0.42'],
    ['a mean', figures.formatMean, 2.14, '2.1'],
    ['a mean', figures.formatMean, 9.97, '10'],
    ['a mean', figures.formatMean, 1234.4, '1,234'],
    ['bytes', figures.formatBytes, 80, '80 B'],
    ['bytes', figures.formatBytes, 655_360, '655 kB'],
    ['bytes', figures.formatBytes, 999_600, '1.0 MB'],
    ['bytes', figures.formatBytes, 1.25e9, '1.3 GB'],
    ['bytes', figures.formatBytes, 3.2e12, '3.2 TB'],
    ['a short time', figures.formatMs, 0.213, '0.21 ms'],
    ['a short time', figures.formatMs, 412.3, '412 ms'],
    ['a short time', figures.formatMs, 12_340, '12.3 s'],
    ['a short time', figures.formatMs, 125_000, '2:05'],
    ['a long time', figures.formatElapsed, 7_900, '0:07'],
    ['a long time', figures.formatElapsed, 3_723_000, '1:02:03'],
    ['a share', figures.formatShare, 0.4134, '41.3 %'],
  ];
  for (const [what, format, value, text] of cases) {
    it(`writes ${what} of ${value} as ${text}`, () => assert.equal(format(value), text));
  }
});
