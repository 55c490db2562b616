import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DerivedCache } from '../../../src/dependencies/packages/derived-cache';
import { StatCache } from '../../../src/dependencies/files/stat-cache';
import { PackageReader } from '../../../src/dependencies/packages/packages';
import { AGED, isText, writeBelow } from '../written';

/** Longer than the file system's clock takes to move on, in milliseconds. */
const TICK = 30;

/** Lets time pass: what was written is written long ago. */
async function age(): Promise<void> {
  await wait(TICK);
  const now = performance.timeOrigin;
  jest.spyOn(Date, 'now').mockImplementation(() => now + performance.now() + AGED);
}

let folder: string;
let kept: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'kept-answers-')));
  kept = path.join(folder, 'cache', 'kept.json');
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => writeBelow(folder, name, text);

function manifest(place: string, dependencies: string[] = [], version = '1.0.0'): string {
  return write(
    `${place}/package.json`,
    JSON.stringify({
      name: path.basename(place),
      version,
      dependencies: Object.fromEntries(dependencies.map((name) => [name, '*'])),
    }),
  );
}

/** What one run concludes of some files, and of which questions it had to. */
function run(...questions: string[][]): { answers: string[]; concluded: number } {
  const reads = new StatCache(`${kept}.reads`);
  const answers = new DerivedCache(kept, reads);
  let concluded = 0;
  const found = questions.map((files) =>
    answers.of(
      files.join(),
      () => {
        concluded += 1;
        return files
          .map((file) => reads.of(file, (place) => fs.readFileSync(place, 'utf8'), isText))
          .join();
      },
      isText,
    ),
  );
  answers.save();
  return { answers: found, concluded };
}

describe('an answer', () => {
  test('is concluded once while all it was concluded from stays the same', async () => {
    const files = [write('a.txt', 'one'), path.join(folder, 'none.txt')];
    await age();
    expect(run(files)).toEqual({ answers: ['one,'], concluded: 1 });
    expect(run(files)).toEqual({ answers: ['one,'], concluded: 0 });
  });

  test.each<[string, (files: string[]) => void]>([
    ['changed', ([file = '']) => fs.writeFileSync(file, 'two')],
    ['removed', ([file = '']) => fs.rmSync(file)],
    ['made', ([, file = '']) => fs.writeFileSync(file, 'new')],
  ])('is concluded again when a path was %s', async (_what, change) => {
    const files = [write('a.txt', 'one'), path.join(folder, 'none.txt')];
    await age();
    run(files);
    change(files);
    const { answers, concluded } = run(files);
    expect(concluded).toBe(1);
    expect(answers).not.toEqual(['one,']);
  });

  test('that a later run adds depends on what the earlier ones depend on, and on its own', async () => {
    const [a, b] = [write('a.txt', 'one'), write('b.txt', 'one')];
    await age();
    run([a]);
    expect(run([b]).concluded).toBe(1);
    expect(run([a], [b]).concluded).toBe(0);
    fs.writeFileSync(a, 'two');
    expect(run([b], [a])).toEqual({ answers: ['one', 'two'], concluded: 2 });
    await age();
    run([b], [a]);
    fs.writeFileSync(b, 'two');
    expect(run([a], [b])).toEqual({ answers: ['two', 'two'], concluded: 2 });
  });

  test('that no question asks for any more goes', async () => {
    const file = write('a.txt', 'one');
    const other = path.join(folder, 'none.txt');
    await age();
    run([file], [file, file], [file, file, file], [other]);
    run([other, file]);
    expect(run([file, file]).concluded).toBe(1);
    expect(run([file, file]).concluded).toBe(0);
  });

  test('is not kept where a path changed just now', () => {
    const file = write('a.txt', 'one');
    run([file]);
    expect(run([file]).concluded).toBe(1);
  });

  test.each([
    ['no JSON', () => '{"version":1,'],
    ['nothing', () => ''],
    ['another version', (text: string) => text.replace('"version":1', '"version":0')],
    ['a stamp too few', (text: string) => text.replace(/"stamps":.*?\]\]/, '"stamps":[]')],
    ['stamps of another shape', (text: string) => text.replace(/"stamps":.*?\]\]/, '"stamps":[7]')],
    ['an answer of another shape', (text: string) => text.replace('"one"', '7')],
    ['no answers', (text: string) => text.replace(/"answers":.*/, '"answers":null}')],
  ])('is concluded again where the kept file has %s', async (_case, damage) => {
    const file = write('a.txt', 'one');
    await age();
    run([file]);
    const whole = fs.readFileSync(kept, 'utf8');
    expect(damage(whole)).not.toBe(whole);
    fs.writeFileSync(kept, damage(whole));
    expect(run([file])).toEqual({ answers: ['one'], concluded: 1 });
  });
});

describe('the packages beneath a name', () => {
  const beneath = (): string[] => {
    const reader = new PackageReader(folder, kept);
    const found = reader.beneath(['tool'], [folder]);
    reader.keep();
    return found.map(([, name, value]) => `${name} ${value}`);
  };

  beforeEach(async () => {
    manifest('node_modules/tool', ['part']);
    manifest('node_modules/part');
    manifest('store/one');
    manifest('store/two');
    fs.symlinkSync(path.join(folder, 'store', 'one'), path.join(folder, 'node_modules', 'linked'));
    await age();
    expect(beneath()).toEqual(['part 1.0.0', 'tool 1.0.0']);
    expect(fs.existsSync(kept.replace('.json', '.answers.json'))).toBe(true);
  });

  test.each<[string, () => void, unknown[]]>([
    [
      'another version of one deep down',
      () => manifest('node_modules/part', [], '2.0.0'),
      ['part 2.0.0', 'tool 1.0.0'],
    ],
    ['one dependency less', () => manifest('node_modules/tool'), ['tool 1.0.0']],
    [
      'a nearer one',
      () => manifest('node_modules/tool/node_modules/part', [], '3.0.0'),
      [expect.stringMatching(/^tool 1\.0\.0\+/), 'part 3.0.0'],
    ],
    [
      'one that was removed',
      () => fs.rmSync(path.join(folder, 'node_modules', 'part'), { recursive: true }),
      ['tool 1.0.0'],
    ],
    [
      'a patch',
      () => write('patches/part+1.0.0.patch', 'a patch'),
      [expect.stringMatching(/^part 1\.0\.0\+/), 'tool 1.0.0'],
    ],
  ])('are found anew after %s', (_what, change, expected) => {
    change();
    expect(beneath()).toEqual(expected);
  });

  test('are found anew where a link leads elsewhere', async () => {
    const link = path.join(folder, 'node_modules', 'linked');
    manifest('node_modules/tool', ['linked']);
    await age();
    expect(beneath()).toEqual(['tool 1.0.0', 'one 1.0.0']);
    fs.rmSync(link);
    fs.symlinkSync(path.join(folder, 'store', 'two'), link);
    expect(beneath()).toEqual(['tool 1.0.0', 'two 1.0.0']);
  });
});
