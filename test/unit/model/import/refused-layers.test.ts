import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { importModel } from '../../../../src/model/import/import-model.js';
import { archiveOf, importBytes, partsOf } from './model-parts.js';
import { vectorDir } from './keras-vectors.js';

async function refusalOf(name: string, from: string, to: string): Promise<string> {
  const parts = await partsOf(name);
  const text = parts['config.json'].toString();
  assert.ok(text.includes(from));
  const config = Buffer.from(text.replaceAll(from, to));
  const error: unknown = await importBytes(archiveOf({ ...parts, 'config.json': config })).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof Error && 'code' in error);
  assert.equal(error.code, 'MODEL_UNSUPPORTED');
  return error.message;
}

describe('layers that can not be taken', () => {
  for (const format of ['keras', 'h5']) {
    it(`are all named, each with the reason, from a ${format} file; no Python of theirs is run`, async () => {
      const message = (line: string): RegExp => new RegExp(`^- ${line}`, 'm');
      await assert.rejects(importModel(join(vectorDir, `refused.${format}`)), (error: Error) => {
        assert.match(error.message, message('groups \\(GroupNormalization\\) is of a class'));
        assert.match(error.message, message('grouped \\(Conv2D\\) has groups = 2'));
        assert.match(error.message, message('twice \\(Lambda\\) holds Python code'));
        assert.match(
          error.message,
          message('hard \\(Activation\\) has the activation hard_sigmoid'),
        );
        assert.match(error.message, message('add_\\d+ \\(Add\\) is called with a constant'));
        assert.equal(error.message.match(/^- /gm)?.length, 5);
        return true;
      });
    });
  }

  it('are named where they are inside of others', async () => {
    const message = await refusalOf('bidirectional', '"reset_after": false', '"reset_after": true');
    assert.match(message, /^- bidirectional \(Bidirectional\) has a GRU inside with reset_after/m);
  });

  it('are those that keep a state from batch to batch', async () => {
    const message = await refusalOf('lstm', '"stateful": false', '"stateful": true');
    assert.match(message, /^- lstm \(LSTM\) has stateful = true/m);
  });

  it('are those whose classes are not of Keras', async () => {
    const end = '"reset_after": true, "seed": null}, "registered_name": ';
    const message = await refusalOf('gru', `${end}null`, `${end}"mine>GRU"`);
    assert.match(message, /^- gru_after \(GRU\) is a class of your own/m);
  });

  it('are those whose two directions differ', async () => {
    const message = await refusalOf(
      'bidirectional',
      '"go_backwards": true',
      '"go_backwards": false',
    );
    assert.match(message, /^- both_ways \(Bidirectional\) has two directions that are not alike/m);
  });
});
