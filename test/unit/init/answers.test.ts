import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { readCity } from '../../../src/cli/city-file.js';
import { answersTo } from '../../../src/cli/init/answers.js';
import { cityFileText, gridOfDraft } from '../../../src/cli/init/city-draft.js';
import { describeGrid, nextSteps } from '../../../src/cli/init/describe.js';
import { Dialogue, StoppedError } from '../../../src/cli/init/dialogue.js';
import { writeFiles } from '../../../src/cli/init/write-files.js';
import { ConfigError } from '../../../src/errors.js';
import type { InitFlags } from '../../../src/cli/init.js';
import type { InitAnswers } from '../../../src/cli/init/answers.js';

let dir = '';
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'stagecoach-init-'));
});
after(() => rmSync(dir, { recursive: true }));

const nothing: InitFlags = { force: false, yes: false };
/** A box around Suva, Fiji. */
const suva = { bbox: '178.35,-18.2,178.55,-18.0', name: 'suva', timeZone: 'Pacific/Fiji' };

function file(name: string, value: unknown): string {
  const path = join(dir, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

/** What flags alone give, and what was strange in them. */
async function byFlags(flags: Partial<InitFlags>) {
  const doubts: string[] = [];
  const answers = await answersTo(
    { ...nothing, out: join(dir, 'none'), ...flags },
    null,
    (doubt) => void doubts.push(doubt),
  );
  return { answers, doubts };
}

/** What somebody gives who types these lines, and what is then on the screen. */
async function byTyping(lines: readonly string[], flags: Partial<InitFlags> = {}) {
  const [input, screen] = [new PassThrough(), new PassThrough()];
  const dialogue = new Dialogue(input, screen);
  input.end(lines.map((line) => `${line}\n`).join(''));
  let answers: InitAnswers | null = null;
  try {
    answers = await answersTo({ ...nothing, ...flags }, dialogue, () => assert.fail('a warning'));
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
  dialogue.close();
  return { answers, shown: String(screen.read() ?? '') };
}

describe('a city by flags', () => {
  it('needs an area, a name and a time zone, and proposes the rest', async () => {
    const { answers, doubts } = await byFlags(suva);
    const { draft, folder, model } = answers;
    assert.equal(draft.name, 'suva');
    assert.equal(draft.cellSizeM, 500);
    assert.equal(draft.roads, null);
    assert.equal(draft.dataSource, 'own fixes');
    assert.equal(folder, join(dir, 'none'));
    assert.equal(model, join(dir, 'none', 'models', 'suva'));
    assert.deepEqual(doubts, []);
  });

  it('names every flag that is missing where nobody can be asked', async () => {
    await assert.rejects(byFlags({}), (error) => {
      assert.ok(error instanceof ConfigError);
      for (const flag of ['--bbox', '--polygon', '--name', '--time-zone', '--yes']) {
        assert.ok(error.message.includes(flag), `${flag} in ${error.message}`);
      }
      return true;
    });
    await assert.rejects(byFlags({ bbox: suva.bbox, yes: true }), /With --yes.*\n +--name NAME\n/);
  });

  it('has with --yes the name of its file, and a time zone near the sun', async () => {
    const polygon = file('Nādī Town.geojson', {
      type: 'Polygon',
      coordinates: [
        [
          [177.4, -17.85],
          [177.5, -17.85],
          [177.5, -17.75],
          [177.4, -17.85],
        ],
      ],
    });
    const { answers } = await byFlags({ polygon, yes: true });
    assert.equal(answers.draft.name, 'nadi-town');
    // Of the machine that the test runs on, or of ships, whichever is near 177.45° E.
    assert.match(answers.draft.timeZone, /^(Etc\/GMT-12|Pacific\/|Asia\/|Antarctica\/)/);
  });

  it('says which flag can’t be used, and why', async () => {
    for (const [flags, reason] of [
      [{ bbox: '178.35,-18.2' }, /^--bbox 178.35,-18.2: expected four numbers/],
      [{ bbox: '10,79.9,11,80.1' }, /^--bbox .*: a grid needs latitudes from -80 to 80/],
      [{ name: 'Suva' }, /^--name Suva: found "Suva"; expected small letters/],
      [{ name: 'stagecoach' }, /^--name stagecoach: .*stagecoach.json/],
      [{ timeZone: 'Fiji Time' }, /^--time-zone Fiji Time: .*IANA/],
      [{ cellSize: 'small' }, /^--cell-size small: found "small"; expected 10 to 100000/],
      [{ cellSize: '10' }, /^--cell-size 10: \d+ × \d+ squares.*larger cells/],
      [{ cellSize: '50000' }, /^--cell-size 50000: there is one cell.*smaller cells/],
      [{ roads: join(dir, 'nowhere.geojson') }, /^--roads .*can't be read/],
      [{ source: '' }, /^--source : it is empty/],
    ] as const) {
      await assert.rejects(byFlags({ ...suva, ...flags }), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, reason);
        return true;
      });
    }
  });

  it('is refused where its roads lie elsewhere, and has them as its cells where they do not', async () => {
    const roadsAt = (longitude: number): string =>
      file(`roads-${longitude}.geojson`, {
        type: 'LineString',
        coordinates: [
          [longitude, -18.05],
          [longitude + 0.05, -18.05],
        ],
      });
    await assert.rejects(byFlags({ ...suva, roads: roadsAt(-178) }), /--roads .*no road/);
    const { answers } = await byFlags({ ...suva, roads: roadsAt(178.4) });
    const { occupied } = gridOfDraft(answers.draft);
    // 0.05° at 18.1° S are 5.28 km: eleven or twelve cells in one row.
    const rows = occupied.filter((row) => row.includes('#'));
    assert.equal(rows.length, 1);
    assert.match(rows[0] ?? '', /^\.*#{11,12}\.*$/);
  });

  it('warns of a time zone that hardly fits, and goes on', async () => {
    const { doubts } = await byFlags({ ...suva, timeZone: 'Europe/London' });
    assert.equal(doubts.length, 1);
    assert.match(doubts[0] ?? '', /Europe\/London is 11.9 hours off the sun/);
  });

  it('replaces files only with --force', async () => {
    const out = join(dir, 'there');
    writeFiles(new Map([[join(out, 'stagecoach.json'), '{}']]));
    await assert.rejects(byFlags({ ...suva, out }), /stagecoach.json in .*there would be replaced/);
    assert.equal((await byFlags({ ...suva, out, force: true })).answers.folder, out);
  });
});

describe('a city by answers', () => {
  it('takes what is proposed for empty lines, and asks again for what can’t be', async () => {
    const out = join(dir, 'typed');
    const { answers, shown } = await byTyping([
      '178,179',
      suva.bbox,
      'Suva',
      'Pacific/Fiji',
      'Suva',
      'suva',
      '9',
      '',
      '',
      'Fiji Taxis',
      out,
    ]);
    assert.ok(answers !== null, shown);
    assert.equal(answers.folder, out);
    assert.equal(answers.draft.timeZone, 'Pacific/Fiji');
    assert.equal(answers.draft.cellSizeM, 500);
    assert.equal(answers.draft.dataSource, 'Fiji Taxis');
    for (const said of [/expected four numbers/, /"Suva" is no time zone/, /expected 10 to/]) {
      assert.match(shown, said);
    }
    assert.match(shown, /18.200° S to 18.000° S, 178.350° E to 178.550° E: 21 × 22 km/);
  });

  it('asks whether latitude and longitude are swapped, and then for both again', async () => {
    const out = join(dir, 'paris');
    const { answers, shown } = await byTyping([
      ...['48.8,2.2,48.9,2.5', 'Europe/Paris', 'no'],
      ...['2.2,48.8,2.5,48.9', 'Europe/Paris', 'paris', '', '', '', out],
    ]);
    assert.match(shown, /Are latitude and longitude swapped\?/);
    assert.equal(answers?.draft.area.area.bounds.west, 2.2);
  });

  it('asks for what flags have said, too, where that is doubted', async () => {
    const { answers } = await byTyping(
      ['no', '2.2,48.8,2.5,48.9', 'Europe/Paris', 'paris', '', '', '', join(dir, 'asked')],
      { bbox: '48.8,2.2,48.9,2.5', timeZone: 'Europe/Paris' },
    );
    assert.equal(answers?.draft.area.area.bounds.west, 2.2);
  });

  it('is none where the answers end too soon', async () => {
    const { answers } = await byTyping([suva.bbox, 'Pacific/Fiji']);
    assert.equal(answers, null);
  });
});

describe('what init writes', () => {
  it('is a city file that is read as that city, with paths relative to it', async () => {
    const polygon = file('ring.geojson', {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [179.9, -17],
            [180, -17],
            [180, -16.9],
            [179.9, -16.9],
            [179.9, -17],
          ],
        ],
        [
          [
            [-180, -17],
            [-179.9, -17],
            [-179.9, -16.9],
            [-180, -16.9],
            [-180, -17],
          ],
        ],
      ],
    });
    const out = join(dir, 'a', 'b');
    const { timeZone } = suva;
    const { answers } = await byFlags({ timeZone, polygon, name: 'taveuni', out });
    const text = cityFileText(answers.draft, out);
    const path = join(out, 'taveuni.json');
    writeFiles(new Map([[path, text]]));
    assert.match(text, /"area": "..\/..\/ring.geojson"/);
    const { city } = readCity(path);
    assert.deepEqual(city.area.bounds, { south: -17, west: 179.9, north: -16.9, east: 180.1 });
    assert.deepEqual(city.visited, { minVisits: 5, minVehicles: 3 });
    const described = describeGrid(answers, gridOfDraft(answers.draft));
    // 0.2° at 16.95° S are 21.3 km, 0.1° of latitude 11.1: 43 × 23 squares begin to cover them.
    assert.match(described, /21 × 11 km, across the antimeridian; time of Pacific\/Fiji/);
    assert.match(described, /23 × 43 squares of 500 m; \d+ of them can become cells/);
  });

  it('tells of cells that are many, and of those that are far from square', async () => {
    const tall = { ...suva, bbox: '10,60,10.4,64', timeZone: 'Europe/Oslo', cellSize: '300' };
    const { answers } = await byFlags(tall);
    const described = describeGrid(answers, gridOfDraft(answers.draft));
    assert.match(described, /that is many: a step of training holds \d+.* GB of scores/);
    // cos 64° / cos 62° and cos 60° / cos 62° of 300 m.
    assert.match(
      described,
      /a cell is 280.1 m wide at the northern edge and 319.5 m at the southern/,
    );
  });

  it('ends with commands whose paths a shell takes as they are', async () => {
    const out = join(dir, "it's here");
    const { answers } = await byFlags({ ...suva, out, model: join(out, 'my model') });
    const steps = nextSteps(answers, join(out, 'suva.json'));
    assert.match(steps, /cd '.*it'\\''s here'/);
    assert.match(steps, /--city suva.json --fixes FIXES.csv --out 'my model'\n/);
  });

  it('is there whole, or the file before it', () => {
    const path = join(dir, 'whole', 'one.json');
    writeFiles(new Map([[path, 'one']]));
    const blocked = join(path, 'two.json');
    assert.throws(
      () =>
        writeFiles(
          new Map([
            [path, 'other'],
            [blocked, 'two'],
          ]),
        ),
      ConfigError,
    );
    assert.equal(readFileSync(path, 'utf8'), 'one');
    assert.deepEqual(readdirSync(join(dir, 'whole')), ['one.json']);
  });
});
