import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, it } from '@jest/globals';
import { canHeedPermissions } from './harness';
import { bundle, bundles, MAIN, machine, run, runOnMain, share } from './shared-machines';

it.each(['in one worker', 'in two'])('lets a new machine run what its edit affects: %s', (how) => {
  const workers = how === 'in two' ? ['--maxWorkers=2', '--workerIdleMemoryLimit=1GB'] : ['-i'];
  expect(runOnMain(machine(), {}, workers).passed).toEqual(['./a.test.js', './b.test.js']);
  const laptop = machine({ 'b.js': 'exports.b = () => 1 + 1;' });
  const result = run(laptop);
  expect(result.ran).toEqual(['./b.test.js']);
  expect(result.messages[0]).toMatch(
    /^took in 2 records of other machines from file:.* \(main\)\.$/,
  );
  // A laptop only reads.
  expect(bundles()).toHaveLength(1);
  expect(run(laptop).ran).toEqual([]);
});

it('never leaves out a test that fails by what others recorded', () => {
  runOnMain(machine());
  const laptop = machine({ 'b.js': 'exports.b = () => 3;' });
  expect(run(laptop)).toMatchObject({ exitCode: 1, failed: ['./b.test.js'] });
});

it('brings along what test files covered, also where that is recorded later', () => {
  const first = machine();
  runOnMain(first);
  expect(run(machine(), {}, ['--coverage']).ran).toEqual(['./a.test.js', './b.test.js']);
  expect(runOnMain(first, {}, ['--coverage']).ran).toEqual(['./a.test.js', './b.test.js']);
  const laptop = machine({ 'b.js': 'exports.b = () => 1 + 1;' });
  const result = run(laptop, {}, ['--coverage']);
  expect(result.ran).toEqual(['./b.test.js']);
  expect(result.stdout).toMatch(/a\.js +\| +100 .*\n *b\.js +\| +100/);
  const other = machine();
  expect(run(other, {}, ['pull'])).toMatchObject({ exitCode: 0 });
  expect(run(other, {}, ['coverage'])).toMatchObject({ exitCode: 0, ran: [] });
});

it('lets a pull request read main, and keep its own apart', () => {
  runOnMain(machine());
  const request = {
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_REF_TYPE: '',
    GITHUB_REF_NAME: '7/merge',
  };
  const edit = { 'b.js': 'exports.b = () => 1 + 1;' };
  expect(runOnMain(machine(edit), request).ran).toEqual(['./b.test.js']);
  expect([bundles().length, bundles('pr/7').length]).toEqual([1, 1]);
  // The next run of the request, on another machine, has nothing left to do; main knows nothing of it.
  expect(runOnMain(machine(edit), request).ran).toEqual([]);
  expect(run(machine(edit)).ran).toEqual(['./b.test.js']);
});

it('sends later what could not be sent', () => {
  const first = machine();
  fs.renameSync(share(), `${share()}-away`);
  const result = runOnMain(first);
  expect(result).toMatchObject({ exitCode: 0, passed: ['./a.test.js', './b.test.js'] });
  expect(result.messages.filter((line) => line.includes('share'))).toEqual([
    expect.stringMatching(/^there is no folder .*, so this run selects by what is local\.$/),
  ]);
  fs.renameSync(`${share()}-away`, share());
  expect(runOnMain(first).ran).toEqual([]);
  expect(run(machine()).ran).toEqual([]);
});

it('keeps and sends records of a test file that another branch does not have', () => {
  const [first, second] = [machine(), machine()];
  fs.renameSync(share(), `${share()}-away`);
  runOnMain(first);
  fs.renameSync(`${share()}-away`, share());
  first.write({ 'b.test.js': null });
  expect(runOnMain(first).ran).toEqual([]);
  expect(run(second).ran).toEqual([]);
  // What was taken in is not fetched again.
  second.write({ 'b.test.js': null });
  expect(run(second).ran).toEqual([]);
  for (const project of [first, second]) {
    project.write({ 'b.test.js': fs.readFileSync(machine().path('b.test.js'), 'utf8') });
    expect(run(project).ran).toEqual([]);
  }
});

const heeds = canHeedPermissions() ? it : it.skip;
heeds('reads from a folder that it may not write, and says so', () => {
  runOnMain(machine());
  fs.chmodSync(path.dirname(bundle()), 0o555);
  const request = machine({ 'b.js': 'exports.b = () => 1 + 1;' });
  const result = run(request, { env: MAIN, heedsPermissions: true });
  fs.chmodSync(path.dirname(bundle()), 0o755);
  expect(result).toMatchObject({ exitCode: 0, ran: ['./b.test.js'] });
  expect(result.messages.at(-1)).toMatch(
    /EACCES.*; what this run recorded goes there with the next one\.$/,
  );
});

it('ignores a bundle that is not what it should be, in one sentence', () => {
  runOnMain(machine());
  fs.truncateSync(bundle(), 2000);
  const result = run(machine());
  expect(result).toMatchObject({ exitCode: 0, passed: ['./a.test.js', './b.test.js'] });
  expect(result.messages.filter((line) => line.includes('share'))).toEqual([
    expect.stringMatching(/^1 bundle of .* is ignored: its content is not what its name says\.$/),
  ]);
});

it('shows credentials to nobody', () => {
  const project = machine();
  const url = 'postgres://ci:hunter2@127.0.0.1:9/testmon';
  const env = {
    ...MAIN,
    TESTMON_SHARED: url,
    DEBUG: 'testmon:*',
    AWS_SECRET_ACCESS_KEY: 'hunter3',
  };
  const results = [project.run([], { env }), project.run(['doctor'], { env })];
  results.push(project.run(['pull'], { env }), project.run(['--testmon-shared', `${url}x y`], {}));
  const database = fs.readFileSync(project.path('.testmondata'), 'latin1');
  const shown = results.flatMap(({ stdout, stderr }) => [stdout, stderr]).join('\n');
  expect(shown).toContain('127.0.0.1:9');
  expect(shown + database).not.toMatch(/hunter/);
  expect(results[0]).toMatchObject({ exitCode: 0, ran: ['./a.test.js', './b.test.js'] });
});

it('goes on without a store that does not answer', () => {
  const project = machine({
    'jest.config.js': `module.exports = require(${JSON.stringify(path.join(__dirname, '../../dist/index.js'))})
      .withTestmon({}, { shared: { url: 'file://${share()}', timeout: 1, write: true } });`,
  });
  const { exitCode, messages, ran } = project.run();
  expect({ exitCode, ran: ran.length }).toEqual({ exitCode: 0, ran: 2 });
  expect(messages[0]).toMatch(
    /did not answer within 0.001 s, so this run selects by what is local/,
  );
});

it('answers by commands of its own', () => {
  const first = machine();
  runOnMain(first);
  const laptop = machine();
  expect(run(laptop, {}, ['pull'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^Took in 1 bundle \(.* KiB\) from file:.*: 2 records more/,
    ) as unknown,
  });
  expect(run(laptop).ran).toEqual([]);
  expect(run(laptop, {}, ['shared', 'status']).stdout).toMatch(
    /main: 1 bundle, .* \(node\d+\.\w+\)/,
  );
  expect(run(laptop, {}, ['doctor']).stdout).toMatch(
    /shared store: file:.* 1 bundle in main; this machine only reads/,
  );
  expect(run(laptop, {}, ['push'])).toMatchObject({ exitCode: 1 });
  laptop.edit('b.js', '2', '1 + 1');
  run(laptop);
  expect(run(laptop, { env: MAIN }, ['push']).stdout).toMatch(
    // What it took in came to a machine that wrote no scope: it does not know what this one has.
    /^Sent 3 records in 1 bundle/,
  );
  expect(bundles()).toHaveLength(2);
  expect(laptop.run(['pull'])).toMatchObject({
    exitCode: 1,
    messages: [expect.stringMatching(/^there is no shared store; name one with TESTMON_SHARED/)],
  });
});
