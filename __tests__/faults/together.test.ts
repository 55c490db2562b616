import * as fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { faultsOf, journaled, recordsIn } from '../../bench/faults/database';
import { groupGone, signal, sleep } from '../../bench/faults/processes';
import { sqlitePackage } from '../../src/store/connection/sqlite';
import { Project, type Files } from '../integration/harness';
import { batch, KEY, newFile, open, record, sql, storeError } from '../store/helpers';

jest.setTimeout(300_000);

const RUNS = 8;

let projects: Project[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
  projects = [];
});

function make(count: number, more: Files = {}): Project {
  const files: Files = { 'jest.config.js': 'module.exports = { transform: {} };', ...more };
  for (let n = 0; n < count; n += 1) {
    files[`src/m${n}.js`] = `exports.value = () => ${n};\n`;
    files[`__tests__/t${n}.test.js`] =
      `test('value', () => { expect(require('../src/m${n}').value()).toBe(${n}); });\n`;
  }
  const project = new Project(files);
  projects.push(project);
  return project;
}

const testFile = (n: number) => `__tests__/t${n}.test.js`;
const aside = (project: Project) =>
  fs.readdirSync(project.root).filter((name) => name.includes('.damaged'));

test('eight runs at once on one database, with a change of each one’s own and with none', async () => {
  const project = make(RUNS);
  const dataFile = project.path('.testmondata');
  // Every second is a checkout of its own, with its own change; the others are at work in one.
  const checkouts = Array.from({ length: RUNS }, (_, n) => {
    if (n % 2 === 0) return project;
    const copy = project.copy();
    projects.push(copy);
    // One of them breaks its test.
    copy.edit(`src/m${n}.js`, `=> ${n}`, n === 3 ? '=> -1' : `=> 0 + ${n}`);
    return copy;
  });
  // Even the database is new: whoever comes first makes it.
  const start = () =>
    Promise.all(
      checkouts.map(
        (checkout) =>
          checkout.start(['--runInBand'], {
            env: { TESTMON_DATAFILE: dataFile, TMPDIR: project.temporary },
          }).done,
      ),
    );
  const first = await start();
  first.forEach(({ exitCode, ran, stderr }, n) => {
    expect([n, exitCode, ran.length]).toEqual([n, n === 3 ? 1 : 0, RUNS]);
    expect(stderr).not.toMatch(/locked|damaged|is lost|nothing is recorded[.;]/i);
  });
  expect(faultsOf(dataFile)).toEqual([]);
  expect(aside(project)).toEqual([]);
  expect(project.leftovers()).toEqual([]);
  // Each finds what it recorded itself, and what failed stays selected for all.
  const run = (checkout: Project) =>
    checkout.run(['--runInBand'], { env: { TESTMON_DATAFILE: dataFile } });
  expect(run(checkouts[3] as Project)).toMatchObject({ exitCode: 1, ran: [testFile(3)] });
  expect(run(checkouts[5] as Project).ran.filter((name) => name !== testFile(3))).toEqual([]);
  expect(run(project).ran).toEqual([]);
});

test('several runs that find the same damage move it aside once, and lose nothing of each other', async () => {
  const project = make(2);
  project.run();
  fs.truncateSync(project.path('.testmondata'), 5_000);
  const results = await Promise.all([1, 2, 3, 4].map(() => project.start(['--runInBand']).done));
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(aside(project)).toHaveLength(1);
  expect(faultsOf(project.path('.testmondata'))).toEqual([]);
  expect(project.run().ran).toEqual([]);
});

test('a reader during a commit sees all of it or nothing; one that reads on costs the commit, not the database', () => {
  const file = newFile();
  const store = open(file, { timeout: 200 });
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  store.commit(batch({ records: [record(id, 'a.test.js')] }), 1);
  sql(file, (reader) => {
    reader.exec('BEGIN');
    const count = () => reader.prepare('SELECT count(*) FROM record').pluck().get();
    expect(count()).toBe(1);
    const more = batch({ records: [record(id, 'b.test.js')] });
    expect(storeError(() => store.commit(more, 2)).reason).toBe('locked');
    expect(count()).toBe(1);
    reader.exec('COMMIT');
    store.commit(more, 3);
    expect(count()).toBe(2);
  });
  store.close();
  expect(faultsOf(file)).toEqual([]);
});

test.each([
  ['is committed by the next run', '', 0, []],
  [
    'counts for nothing where the process ends otherwise',
    'process.exitCode = 7;',
    7,
    [testFile(0)],
  ],
])('a lock held for longer than the commit waits: what was recorded %s', (_, code, ends, runs) => {
  const sqlite = JSON.stringify(require.resolve(sqlitePackage()));
  const project = make(1, {
    // Ends by itself, some time after the ten seconds that a commit waits.
    'hold.js': `
const db = new (require(${sqlite}))('.testmondata');
db.exec('BEGIN EXCLUSIVE');
require('fs').writeFileSync('held', '');
// What nothing refers to is collected, and gives up its lock.
setTimeout(() => db.close(), 16_000);
`,
    '__tests__/holds.test.js': `
const fs = require('fs');
test('holds', async () => {
  require('child_process').spawn(process.execPath, ['hold.js'], { detached: true, stdio: 'ignore' }).unref();
  ${code}
  while (!fs.existsSync('held')) await new Promise((resolve) => setTimeout(resolve, 20));
}, 60_000);
`,
  });
  const { exitCode, messages } = project.run(['--runInBand']);
  expect(exitCode).toBe(ends);
  expect(messages.at(-1)).toMatch(/locked by another process.*committed by the next run/);
  expect(recordsIn(project.path('.testmondata')).size).toBe(0);
  expect(project.run(['t0']).ran).toEqual(runs);
  // What a child that outlives its test reports at its own end is nobody's any more.
  expect(project.leftovers().filter((name) => !name.includes('children'))).toEqual([]);
});

test('an interrupt with several workers ends as without us, and what came to its end is kept', async () => {
  const project = make(3, {
    '__tests__/slow.test.js':
      "test('slow', () => new Promise((resolve) => setTimeout(resolve, 60_000)), 70_000);\n",
  });
  const interrupt = async (plain: boolean) => {
    const { pid, done } = project.start(['--maxWorkers=3'], { plain });
    const printed = () => (plain ? sleep(6_000) : journaledThree(project));
    await printed();
    signal(-pid, 'SIGINT');
    const { exitCode, stderr } = await done;
    await groupGone(pid);
    return { exitCode, stack: /^\s+at .*dist/m.test(stderr) };
  };
  expect(await interrupt(false)).toEqual(await interrupt(true));
  project.edit('__tests__/slow.test.js', '60_000', '1');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: ['__tests__/slow.test.js'] });
  expect(project.leftovers()).toEqual([]);
});

async function journaledThree(project: Project): Promise<void> {
  while (journaled(project.temporary).length < 3) await sleep(20);
}
