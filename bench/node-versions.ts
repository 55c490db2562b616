/**
 * The integration tests under other versions of Node. The binaries come from the npm packages `node-<system>-<arch>`;
 * they are kept in `node_modules/.cache/`.
 *
 *   npm run bench -- node-versions [22 24 26] [-- Jest arguments]
 *   npm run bench -- node-versions 24 -- __tests__/integration/loop.test.ts
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { printTable } from './support/results';

const REPOSITORY = path.resolve(__dirname, '..');
const CACHE = path.join(REPOSITORY, 'node_modules/.cache/testmon-bench/node');
const DEFAULT_VERSIONS = ['22', '24', '26'];
const DEFAULT_TESTS = ['__tests__/integration', '__tests__/faults', '__tests__/cli'];

const separator = process.argv.indexOf('--');
const ownArguments = separator === -1 ? process.argv : process.argv.slice(0, separator);
const jestArguments = separator === -1 ? [] : process.argv.slice(separator + 1);
const { args } = new Command('node-versions')
  .argument(
    '[versions...]',
    `major or whole versions of Node; default ${DEFAULT_VERSIONS.join(' ')}`,
  )
  .parse(ownArguments);

/**
 * Installs a Node.
 * @returns Its executable.
 * @throws Where npm has none for this system.
 */
function installNode(version: string): string {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${os.arch()}`;
  const folder = path.join(CACHE, version);
  const binary = path.join(
    folder,
    'node_modules',
    name,
    process.platform === 'win32' ? 'bin/node.exe' : 'bin/node',
  );
  if (fs.existsSync(binary)) return binary;
  fs.mkdirSync(folder, { recursive: true });
  const install = ['install', '--no-save', '--prefix', folder, `${name}@${version}`];
  const { status } = spawnSync('npm', install, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm could not install ${name}@${version}.`);
  return binary;
}

interface Counts {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
}

/** Runs the tests; they start what they start by the same Node. */
function runTests(binary: string, version: string): Counts | null {
  const results = path.join(CACHE, `results-${version}.json`);
  fs.rmSync(results, { force: true });
  const tests = jestArguments.length === 0 ? DEFAULT_TESTS : jestArguments;
  const jest = path.join(REPOSITORY, 'node_modules/jest/bin/jest.js');
  spawnSync(binary, [jest, ...tests, '--json', `--outputFile=${results}`], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'ignore', 'inherit'],
    // Programs that tests start by the name `node` are of the same version.
    env: {
      ...process.env,
      PATH: `${path.dirname(binary)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  });
  return fs.existsSync(results) ? (JSON.parse(fs.readFileSync(results, 'utf8')) as Counts) : null;
}

const rows: Record<string, object> = {};
for (const version of args.length === 0 ? DEFAULT_VERSIONS : args) {
  const binary = installNode(version);
  const whole = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const counts = runTests(binary, version);
  rows[`Node ${whole}`] = {
    passed: counts?.numPassedTests ?? 0,
    failed: counts?.numFailedTests ?? 'no result',
    'failed test files': counts?.numFailedTestSuites ?? 'no result',
  };
  if (counts === null || counts.numFailedTestSuites > 0) process.exitCode = 1;
}
printTable('Node versions', rows);
