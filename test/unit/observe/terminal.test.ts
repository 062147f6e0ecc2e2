import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitLine, paint, styleFor } from '../../../src/observe/terminal.js';

describe('styleFor', () => {
  const terminal = { isTTY: true, columns: 132 };

  it('is rich on a terminal, as wide as it is', () => {
    assert.deepEqual(styleFor(terminal, {}), { columns: 132, rich: true });
  });

  it('is plain where there is no terminal, in 100 columns', () => {
    assert.deepEqual(styleFor({}, {}), { columns: 100, rich: false });
  });

  it('is plain where NO_COLOR is set to anything but nothing, as no-color.org has it', () => {
    assert.equal(styleFor(terminal, { NO_COLOR: '0' }).rich, false);
    assert.equal(styleFor(terminal, { NO_COLOR: '' }).rich, true);
  });

  it('is plain on a dumb terminal', () => {
    assert.equal(styleFor(terminal, { TERM: 'dumb' }).rich, false);
  });
});

describe('text for a terminal', () => {
  it('is painted and unpainted again, in a rich style only', () => {
    assert.equal(paint('x', 'red', { columns: 80, rich: true }), '\u001b[31mx\u001b[39m');
    assert.equal(paint('x', 'red', { columns: 80, rich: false }), 'x');
  });

  it('is cut to the line with a mark', () => {
    assert.equal(fitLine('123456', { columns: 5, rich: true }), '1234…');
    assert.equal(fitLine('123456', { columns: 5, rich: false }), '12...');
    assert.equal(fitLine('12345', { columns: 5, rich: true }), '12345');
  });
});
