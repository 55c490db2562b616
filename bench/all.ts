/**
 * Every measurement in turn, each a command of its own that prints its table: what recording costs, what nothing
 * affected takes, one edit, precision, scale, growth. Looking for escapes takes hours; see `bench -- mutation`.
 *
 *   npm run bench -- all [project folder] [--only overhead,edit] [--full] [--seed 1] [-- Jest arguments]
 *
 * The folder must be a clean git checkout, as for `bench -- edit`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { isBenchName, runBench } from './support/benches';
import { measure } from './support/measure';

const program = new Command('bench')
  .argument('[project]', 'folder of a project with Jest installed', 'examples/shop')
  .argument('[jest arguments...]')
  .option('--only <parts>', 'some of overhead, latency, edit, precision, scale, growth')
  .option('--seed <number>', 'of all that is drawn', '1')
  .option('--full', 'scale and growth at full size, which takes an hour')
  .parse();
const [project = 'examples/shop', ...jestArguments] = program.processedArgs.flat() as string[];
const { only, seed, full } = program.opts<{ only?: string; seed: string; full?: true }>();

const folder = path.resolve(project);
const seeded = ['--seed', seed];
const ofProject = (...options: string[]) => [folder, ...options, '--', ...jestArguments];
const parts: Partial<Record<string, () => string[]>> = {
  overhead: () => ofProject(),
  latency: () => ofProject(),
  edit: () => ofProject(...seeded),
  precision: () => {
    measure(process.execPath, [path.resolve('dist/cli.js'), ...jestArguments], folder);
    return ofProject(...seeded, '--related', '10');
  },
  scale: () => [...seeded, '--sizes', full === true ? '0.1,1' : '0.02,0.1'],
  growth: () => [...seeded, '--steps', full === true ? '1000' : '100'],
};

const chosen = only?.split(',') ?? Object.keys(parts);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
// A database of the project's own stays as it is.
process.env.TESTMON_DATAFILE = path.join(scratch, '.testmondata');
for (const name of chosen) {
  const part = parts[name];
  if (part === undefined || !isBenchName(name)) throw new Error(`There is no part ${name}.`);
  console.log(`\n${name}`);
  if (runBench(name, part()) !== 0) process.exitCode = 1;
}
fs.rmSync(scratch, { recursive: true, force: true });
