import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { Dialogue, StoppedError } from '../../../src/cli/init/dialogue.js';
import { ConfigError } from '../../../src/errors.js';

/** A dialogue, who answers, and what is on the screen. */
function conversation() {
  const [answers, screen] = [new PassThrough(), new PassThrough()];
  const dialogue = new Dialogue(answers, screen);
  return { answers, dialogue, shown: () => String(screen.read() ?? '') };
}

const size = {
  text: 'Size',
  proposal: '500',
  read: (text: string) => {
    if (/^\d+$/.test(text)) return Number(text);
    throw new ConfigError(`found "${text}"; expected a number`);
  },
};

describe('a dialogue', () => {
  it('takes an answer, or what it proposes where the line is empty', async () => {
    const { answers, dialogue, shown } = conversation();
    answers.write(' 250 \n');
    assert.equal(await dialogue.ask(size), 250);
    answers.write('\n');
    assert.equal(await dialogue.ask(size), 500);
    assert.match(shown(), /^Size \[500\]: Size \[500\]: $/);
    dialogue.close();
  });

  it('says what is wrong with an answer and asks again', async () => {
    const { answers, dialogue, shown } = conversation();
    answers.write('many\n7\n');
    assert.equal(await dialogue.ask(size), 7);
    assert.equal(shown(), 'Size [500]: ' + '  found "many"; expected a number\n' + 'Size [500]: ');
    dialogue.close();
  });

  it('takes lines that were typed ahead for the questions that follow', async () => {
    const { answers, dialogue } = conversation();
    answers.write('1\n2\nmaybe\nno\n');
    assert.equal(await dialogue.ask(size), 1);
    assert.equal(await dialogue.ask({ ...size, proposal: null }), 2);
    assert.equal(await dialogue.agrees('Go on', 'yes'), false);
    dialogue.close();
  });

  it('is stopped where nobody answers any more', async () => {
    const { answers, dialogue } = conversation();
    answers.end('1\n');
    assert.equal(await dialogue.ask(size), 1);
    await assert.rejects(dialogue.ask(size), StoppedError);
  });
});
