import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { CommandLine } from './command-line.js';

/** An address of this machine at which nobody listens. */
async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${address.port}`;
}

describe('a command that can’t do what it is asked', () => {
  describe('for want of a broker', { concurrency: true }, () => {
    for (const args of [['up', '--predictions', '10'], ['windower'], ['verify']]) {
      it(`says so in one sentence and ends with 1: ${args.join(' ')}`, async (t) => {
        const broker = await deserted();
        const line = new CommandLine([broker]);
        t.after(() => line.close());
        const { code, stderr } = await line.run([...args, '--log-level', 'silent']);
        assert.equal(code, 1);
        assert.doesNotMatch(stderr, /^ +at /m, 'no stack');
        assert.match(
          stderr,
          new RegExp(`^No broker of the cluster answers [^\\n]*${broker}[^\\n]*\\.\\n$`),
        );
      });
    }
  });

  describe('for what it was given', () => {
    let line: CommandLine;
    before(() => {
      line = new CommandLine(['127.0.0.1:1']);
    });
    after(() => line.close());

    it('tells of all that is wrong with the configuration at once', async () => {
      const settings = { brokers: 'nowhere', lanes: 0, pipeline: 'a.b', colour: 'red' };
      await writeFile(line.file('settings.json'), JSON.stringify(settings));
      const flags = ['--brokers', 'nowhere', '--pipeline', 'a.b', '--lanes', '0'];
      const { code, stderr } = await line.run(['up', '--config', 'settings.json', ...flags]);
      assert.equal(code, 1);
      for (const expected of [
        /brokers: .*host:port/,
        /pipeline: found "a\.b"/,
        /lanes: found "0"/,
        /colour/,
      ]) {
        assert.match(stderr, expected);
      }
    });

    it('refuses an option’s value with what it expected', async () => {
      const { code, stderr } = await line.run(['up', '--predictions', 'many']);
      assert.equal(code, 1);
      assert.match(stderr, /--predictions.*expected a whole number of 1 or more, found "many"/);
    });

    it('refuses a file that is not there', async () => {
      const { code, stderr } = await line.run(['feed', 'nowhere.csv']);
      assert.equal(code, 1);
      assert.match(stderr, /^The file nowhere\.csv can't be read[^\n]*\n$/);
    });
  });

  describe('for want of a pipeline', () => {
    let fixture: KafkaFixture;
    let line: CommandLine;
    before(async () => {
      fixture = await startKafka();
      line = new CommandLine(fixture.brokers);
    });
    after(async () => {
      await line.close();
      await fixture.stop();
    });

    for (const args of [['sink'], ['verify'], ['dead-letters'], ['feed', '-'], ['fleet']]) {
      it(`names the topic that is missing: ${args.join(' ')}`, async () => {
        const { code, stderr } = await line.run([...args, '--log-level', 'silent']);
        assert.equal(code, 1);
        assert.match(
          stderr,
          new RegExp(`^[^\\n]*${line.pipeline}\\.[^\\n]*stagecoach up[^\\n]*\\n$`),
        );
      });
    }
  });
});
