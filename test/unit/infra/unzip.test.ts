import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { projectDir } from '../../../src/project-dir.js';

interface Zip {
  readonly unzip: (path: string, targetOf: (name: string) => string | undefined) => Promise<number>;
}

const file = pathToFileURL(join(projectDir(), 'infra/setup/zip.mjs'));
const { unzip } = (await import(file.href)) as Zip;

/** Written by Python's zipfile: stored, deflated and empty files, a folder, a comment at the end. */
const archive = Buffer.from(
  'UEsDBBQAAAAAAAAAZFg8QlUPEAAAABAAAAAQAAAAdGVuc29yZmxvdy9hLnR4dHN0b3JlZCBhcyBpdCBpcwpQSwMEFAAAAAgAAABkWAfWb5AOAAAAtAAAABYAAAB0ZW5zb3JmbG93L2luY2x1ZGUvYi5oS0lNy0ksSU1RSBk6DABQSwMEFAAAAAAAAABkWAAAAAAAAAAAAAAAABAAAAB0ZW5zb3JmbG93L2VtcHR5UEsDBBQAAAAAAAAAZFgAAAAAAAAAAAAAAAAPAAAAdGVuc29yZmxvdy9kaXIvUEsDBBQAAAAAAAAAZFitrfggCgAAAAoAAAAJAAAAb3RoZXIudHh0bm90IHdhbnRlZFBLAQIUAxQAAAAAAAAAZFg8QlUPEAAAABAAAAAQAAAAAAAAAAAAAACAAQAAAAB0ZW5zb3JmbG93L2EudHh0UEsBAhQDFAAAAAgAAABkWAfWb5AOAAAAtAAAABYAAAAAAAAAAAAAAIABPgAAAHRlbnNvcmZsb3cvaW5jbHVkZS9iLmhQSwECFAMUAAAAAAAAAGRYAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAgAGAAAAAdGVuc29yZmxvdy9lbXB0eVBLAQIUAxQAAAAAAAAAZFgAAAAAAAAAAAAAAAAPAAAAAAAAAAAAAACAAa4AAAB0ZW5zb3JmbG93L2Rpci9QSwECFAMUAAAAAAAAAGRYra34IAoAAAAKAAAACQAAAAAAAAAAAAAAgAHbAAAAb3RoZXIudHh0UEsFBgAAAAAFAAUANAEAAAwBAAAJAGEgY29tbWVudA==',
  'base64',
);

describe('unzip', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'stagecoach-unzip-'));
    writeFileSync(join(dir, 'archive.zip'), archive);
  });
  after(() => rmSync(dir, { recursive: true }));

  it('writes the files that are wanted, byte for byte, and no other', async () => {
    const seen: string[] = [];
    const count = await unzip(join(dir, 'archive.zip'), (name) => {
      seen.push(name);
      return name.startsWith('tensorflow/') ? join(dir, 'out', name) : undefined;
    });
    assert.equal(count, 3);
    assert.deepEqual(seen.sort(), [
      'other.txt',
      'tensorflow/a.txt',
      'tensorflow/empty',
      'tensorflow/include/b.h',
    ]);
    const read = (name: string): string => readFileSync(join(dir, 'out/tensorflow', name), 'utf8');
    assert.equal(read('a.txt'), 'stored as it is\n');
    assert.equal(read('include/b.h'), 'deflated '.repeat(20));
    assert.equal(read('empty'), '');
  });

  it('refuses a file that is cut short', async () => {
    writeFileSync(join(dir, 'short.zip'), archive.subarray(0, 200));
    await assert.rejects(
      unzip(join(dir, 'short.zip'), () => join(dir, 'nothing')),
      /Not a zip file/,
    );
  });
});
