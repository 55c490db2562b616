import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeLeftovers } from '../../src/run/leftovers';
import { RunDirectory } from '../../src/run/run-directory';
import { CHILDREN_PREFIX } from '../../src/run/temporary-names';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let temporary: string;
let project: string;

beforeEach(() => {
  temporary = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-leftovers-')));
  project = path.join(temporary, 'project');
  fs.mkdirSync(project);
});
afterEach(() => {
  fs.rmSync(temporary, { recursive: true, force: true });
});

/** Makes a folder and all in it look as if it was last written then. */
function age(folder: string, milliseconds: number): void {
  const at = (Date.now() - milliseconds) / 1000;
  for (const name of fs.readdirSync(folder)) fs.utimesSync(path.join(folder, name), at, at);
  fs.utimesSync(folder, at, at);
}

/**
 * The folder of a run.
 * @param dataFile What its run file says; null for none.
 * @param parent Where it is moved to. Node asks the process itself for `TMPDIR`, which no test can set.
 */
function run(
  dataFile: string | null = path.join(project, '.testmondata'),
  parent = temporary,
): { folder: string; release: () => void } {
  const directory = RunDirectory.create(path.join(project, '.testmondata'));
  if (dataFile !== null) fs.writeFileSync(directory.runFile, JSON.stringify({ dataFile }));
  const folder = path.join(parent, path.basename(directory.path));
  fs.renameSync(directory.path, folder);
  return { folder, release: () => directory.release() };
}

function killed(milliseconds: number, ...args: Parameters<typeof run>): string {
  const { folder, release } = run(...args);
  release();
  age(folder, milliseconds);
  return folder;
}

function children(milliseconds: number): string {
  const folder = fs.mkdtempSync(path.join(temporary, CHILDREN_PREFIX));
  fs.writeFileSync(path.join(folder, 'seen-1-0-1.jsonl'), '');
  age(folder, milliseconds);
  return folder;
}

describe('what killed processes left in the temporary folder', () => {
  it.each<[string, () => string]>([
    ['the folder of a run whose project is gone', () => killed(HOUR_MS, '/nowhere/.testmondata')],
    ['the folder of a run that nobody came back to', () => killed(31 * DAY_MS)],
    ['the folder of a run that began nothing', () => killed(HOUR_MS, null)],
    ['the folder of children of a killed worker', () => children(8 * DAY_MS)],
    [
      'what a child wrote after its run had ended',
      () => {
        const { folder } = run();
        fs.rmSync(folder, { recursive: true });
        fs.mkdirSync(path.join(folder, 'children-1'), { recursive: true, mode: 0o755 });
        age(folder, HOUR_MS);
        return folder;
      },
    ],
  ])('%s is removed', (_what, make) => {
    const folder = make();
    removeLeftovers(temporary, '');
    expect(fs.existsSync(folder)).toBe(false);
  });

  it.each<[string, () => string]>([
    ['the folder of a run that the next one finishes', () => killed(29 * DAY_MS)],
    ['the folder of a run that has just begun', () => killed(0, null)],
    [
      'the folder of a run under way, however old',
      () => {
        const { folder } = run('/nowhere/.testmondata');
        age(folder, 60 * DAY_MS);
        return folder;
      },
    ],
    ['the folder of children that may live', () => children(6 * DAY_MS)],
    [
      'the folder of children that write',
      () => {
        const folder = children(8 * DAY_MS);
        fs.appendFileSync(path.join(folder, 'seen-1-0-1.jsonl'), '\n');
        return folder;
      },
    ],
    [
      'a link',
      () => {
        const link = path.join(
          temporary,
          path.basename(killed(31 * DAY_MS)).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        );
        fs.symlinkSync(project, link);
        return link;
      },
    ],
    [
      'a folder that others can write to',
      () => {
        const folder = killed(31 * DAY_MS);
        fs.chmodSync(folder, 0o777);
        return folder;
      },
    ],
    [
      'a folder of someone else by its name',
      () => {
        const folder = path.join(temporary, 'jest-testmon-mine');
        fs.mkdirSync(folder);
        age(folder, 60 * DAY_MS);
        return folder;
      },
    ],
  ])('%s stays', (_what, make) => {
    const folder = make();
    removeLeftovers(temporary, '');
    expect(fs.lstatSync(folder)).toBeDefined();
  });

  it('is looked for by the next run on any database', () => {
    const folder = killed(HOUR_MS, '/nowhere/.testmondata', os.tmpdir());
    RunDirectory.create(path.join(temporary, 'other/.testmondata')).remove();
    expect(fs.existsSync(folder)).toBe(false);
  });
});
