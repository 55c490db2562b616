import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { faultsOf, recordsIn } from '../../bench/faults/database';
import { Project } from '../integration/harness';

jest.setTimeout(300_000);

const asRoot = process.getuid?.() === 0;

let project: Project;
let mounted: string[] = [];
beforeEach(() => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/one.js': 'exports.one = () => 1;\n',
    '__tests__/one.test.js':
      "test('one', () => { expect(require('../src/one').one()).toBe(1); });\n",
    '__tests__/two.test.js': "test('two', () => {});\n",
  });
});
afterEach(() => {
  for (const folder of mounted.splice(0).reverse()) spawnSync('umount', ['-l', folder]);
  mounted = [];
  project.remove();
});

const ONE = ['__tests__/one.test.js'];
const BOTH = [...ONE, '__tests__/two.test.js'];

function mount(folder: string, ...args: string[]): boolean {
  const { status } = spawnSync('mount', [...args, folder]);
  if (status === 0) mounted.push(folder);
  return status === 0;
}

/** Whether this machine lets us mount: a container often does not. */
function mayMount(): boolean {
  if (!asRoot || process.platform !== 'linux') return false;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
  if (status === 0) spawnSync('umount', [folder]);
  fs.rmdirSync(folder);
  return status === 0;
}
const ifMounts = mayMount() ? test : test.skip;

/** A small disk of its own at a folder. */
function smallDisk(folder: string, kibibytes: number): void {
  fs.mkdirSync(folder, { recursive: true });
  if (!mount(folder, '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs'))
    throw new Error('no mount');
}

/** Takes what room there is. */
function fill(folder: string): void {
  const filler = path.join(folder, 'filler');
  try {
    for (;;) fs.appendFileSync(filler, Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

const CACHE = () => ['--cacheDirectory', path.join(project.temporary, 'cache')];

function expectNoStack(stderr: string): void {
  expect(stderr).not.toMatch(/^\s+at .*(dist|src)[\\/](worker|controller|store|run|config|jest)/m);
}

ifMounts(
  'a full disk under the database: one sentence, the exit code stands, nothing old is lost',
  () => {
    const disk = project.path('disk');
    smallDisk(disk, 1024);
    const env = { TESTMON_DATAFILE: 'disk/data' };
    expect(project.run(CACHE(), { env })).toMatchObject({ exitCode: 0, ran: BOTH });
    const before = recordsIn(path.join(disk, 'data'));
    fill(disk);
    project.edit('src/one.js', '1;', '2;');
    const full = project.run(CACHE(), { env });
    expect(full.exitCode).toBe(1);
    expect(full.ran).toEqual(expect.arrayContaining(ONE));
    expect(full.messages.filter((message) => /no space left/.test(message))).toHaveLength(1);
    expectNoStack(full.stderr);
    fs.rmSync(path.join(disk, 'filler'));
    expect(faultsOf(path.join(disk, 'data'))).toEqual([]);
    const after = recordsIn(path.join(disk, 'data'));
    for (const record of before) expect(after).toContain(record);
    expect(project.run(CACHE(), { env })).toMatchObject({ exitCode: 1, ran: ONE });
    project.edit('src/one.js', '2;', '1;');
    expect(project.run(CACHE(), { env })).toMatchObject({ exitCode: 0, ran: ONE });
    expect(project.leftovers()).toEqual([]);
  },
);

ifMounts('a full disk where there is no database yet', () => {
  const disk = project.path('disk');
  smallDisk(disk, 64);
  fill(disk);
  const env = { TESTMON_DATAFILE: 'disk/data' };
  const { exitCode, ran, messages, stderr } = project.run(CACHE(), { env });
  expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: BOTH });
  expect(messages.filter((message) => /no space left/.test(message))).toHaveLength(1);
  expectNoStack(stderr);
});

ifMounts(
  'a full temporary folder: the tests run, the exit code stands, and it is said once',
  () => {
    const disk = path.join(project.temporary, 'disk');
    smallDisk(disk, 64);
    fill(disk);
    const { exitCode, ran, messages, stderr } = project.run([...CACHE(), '--runInBand'], {
      env: { TMPDIR: disk },
    });
    expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: BOTH });
    expect(messages.filter((message) => !/^nothing is recorded yet/.test(message))).toEqual([
      expect.stringMatching(/temporary folder cannot be written.*TMPDIR/),
    ]);
    expectNoStack(stderr);
    // Once there is room, it records.
    expect(project.run(CACHE())).toMatchObject({ exitCode: 0, ran: BOTH });
    expect(project.run(CACHE())).toMatchObject({ exitCode: 0, ran: [] });
  },
);

ifMounts('a checkout on a read-only file system selects by what was recorded', () => {
  project.run(CACHE());
  project.edit('__tests__/two.test.js', "'two'", "'second'");
  const before = fs.readFileSync(project.path('.testmondata'));
  mount(project.root, '--bind', project.root);
  spawnSync('mount', ['-o', 'remount,ro,bind', project.root]);
  const { exitCode, ran, messages, stderr } = project.run(CACHE());
  expect({ exitCode, ran }).toEqual({ exitCode: 0, ran: ['__tests__/two.test.js'] });
  expect(messages.filter((message) => /cannot be written/.test(message))).toHaveLength(1);
  expectNoStack(stderr);
  expect(fs.readFileSync(project.path('.testmondata'))).toEqual(before);
});
