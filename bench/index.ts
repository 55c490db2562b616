/**
 * The measurements, each under its name.
 *
 *   npm run bench                                  # all that take minutes, on an example
 *   npm run bench -- <name> [its own arguments]
 *   npm run bench -- <name> --json <file>          # its results as JSON too, with the build and the machine
 *   npm run bench -- --help
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { BENCHES, isBenchName, runBench } from './support/benches';
import { machine } from './support/measure';
import { readResults, RESULTS_VARIABLE } from './support/results';

/** The arguments of a bench, and the file for `--json`, which may stand anywhere before `--`. */
function readArguments(given: readonly string[]): { args: string[]; json: string | null } {
  const end = given.includes('--') ? given.indexOf('--') : given.length;
  const at = given.slice(0, end).findIndex((argument) => /^--json(=|$)/.test(argument));
  if (at === -1) return { args: [...given], json: null };
  const [, inline] = /^--json=(.*)$/.exec(given[at] ?? '') ?? [];
  const json = inline ?? given[at + 1];
  if (json === undefined || json === '' || json.startsWith('-'))
    throw new Error('--json needs the name of a file.');
  return { args: given.toSpliced(at, inline === undefined ? 2 : 1), json: path.resolve(json) };
}

/** The build that is measured. */
function build(): object {
  const git = (...args: string[]) => {
    const { status, stdout } = spawnSync('git', args, { cwd: __dirname, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const changes = git('status', '--porcelain', '--', '../src', '../package.json');
  const { version } = JSON.parse(
    fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8'),
  ) as { version: string };
  return { version, commit: git('rev-parse', 'HEAD'), modified: changes !== '' };
}

function usage(): string {
  const width = Math.max(...Object.keys(BENCHES).map((name) => name.length));
  const lines = Object.entries(BENCHES).map(([name, does]) => `  ${name.padEnd(width)}  ${does}`);
  return `npm run bench -- <name> [--json <file>] [arguments]\n\n${lines.join('\n')}\n\nnpm run bench -- <name> --help tells its arguments.`;
}

function main(given: readonly string[]): number {
  const [name = 'all'] = given.filter(
    (argument, index) => index === 0 && !/^--json/.test(argument),
  );
  if (name === '--help' || name === '-h') {
    console.log(usage());
    return 0;
  }
  if (!isBenchName(name)) {
    console.error(`There is no bench "${name}".\n\n${usage()}`);
    return 2;
  }
  const { args, json } = readArguments(given[0] === name ? given.slice(1) : given);
  if (json === null) return runBench(name, args);

  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-results-'));
  const lines = path.join(scratch, 'results.ndjson');
  fs.writeFileSync(lines, '');
  const started = new Date();
  const exitCode = runBench(name, args, { [RESULTS_VARIABLE]: lines });
  const written = {
    bench: name,
    arguments: args,
    build: build(),
    machine: machine(),
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 100) / 10,
    exitCode,
    results: Object.fromEntries(readResults(lines).map((result) => [result.name, result.value])),
  };
  fs.writeFileSync(json, `${JSON.stringify(written, null, 2)}\n`);
  fs.rmSync(scratch, { recursive: true, force: true });
  return exitCode;
}

process.exitCode = main(process.argv.slice(2));
