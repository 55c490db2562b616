import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compiledFolder } from '../../src/machine/compiled';

const DAY_MS = 24 * 3_600_000;
const before = { ...process.env };
let folder: string;

beforeEach(() => {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-compiled-')));
  process.env.XDG_STATE_HOME = path.join(home, 'state');
  process.env.XDG_CACHE_HOME = path.join(home, 'cache');
  folder = compiledFolder('/project/node_modules') ?? '';
});
afterEach(() => {
  fs.rmSync(path.dirname(process.env.XDG_STATE_HOME ?? ''), { recursive: true, force: true });
  Object.assign(process.env, before);
});

/** Node's own cache: a folder for each version, and in it a file for each module. */
function compile(name: string, days: number): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '');
  age(file, days);
}

function age(file: string, days: number): void {
  const at = (Date.now() - days * DAY_MS) / 1000;
  fs.utimesSync(file, at, at);
}

const kept = (): string[] =>
  fs
    .readdirSync(folder, { recursive: true })
    .map((name) => String(name))
    .sort();

describe('what Node keeps of compiled code', () => {
  it('goes once it is old, and the folder of a version when that has been empty for long', () => {
    compile('v22/old', 31);
    compile('v22/new', 29);
    compile('v20/old', 31);
    compile('archive', 31);
    for (const name of ['v20', 'v22', '']) age(path.join(folder, name), 40);
    expect(compiledFolder('/project/node_modules')).toBe(folder);
    expect(kept()).toEqual(['v20', 'v22', 'v22/new']);
    for (const name of ['v20', '']) age(path.join(folder, name), 31);
    compiledFolder('/project/node_modules');
    expect(kept()).toEqual(['v22', 'v22/new']);
  });

  it('is looked through once a day', () => {
    compile('v22/old', 31);
    expect(compiledFolder('/project/node_modules')).toBe(folder);
    expect(kept()).toEqual(['v22', 'v22/old']);
  });
});
