import * as path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { locateProject, type ProjectLocation } from '../config/reading/locate';
import { commandToAdd, packageManagerOf } from '../dependencies/packages/package-manager';
import { apply, readText, revert, type Change } from '../setup/change';
import { services } from '../setup/ci';
import { configChanges } from '../setup/config-changes';
import { UnclearSourceError } from '../setup/config-source';
import { unifiedDiff } from '../setup/diff';
import { gitignoreChange } from '../setup/gitignore';
import { isInstalled, whyNotLoaded } from '../setup/loads';
import { colours, EXIT, fail, makeCommand, printJson, printLines, printNotice } from './command';
import type { Subcommand } from './subcommand';

/** `jest-testmon init`: sets up a project. */
export const init: Subcommand = {
  name: 'init',
  summary: 'add testmon to the Jest config, .gitignore and, with --ci, to CI',
  run,
};

interface Flags {
  yes?: true;
  json?: true;
  config?: string;
  ci?: string;
  shards: string;
}

/** What `init` changes, and what the user must do. */
interface Plan {
  changes: Change[];
  byHand: string[];
  /** A text for a file that exists already, so that the user must merge it by hand. */
  toCopy: { file: string; text: string } | null;
}

async function run(args: string[]): Promise<void> {
  const command = makeCommand(
    init.name,
    'Adds withTestmon to the Jest config of a project, so that plain "jest" selects too, and the database to .gitignore. ' +
      'It shows what would change and asks; without a terminal, and without --yes, it changes nothing.',
    {
      exitCodes: [
        '0  done, or nothing to do',
        '1  something is left to be done: it was declined, not asked for, or has to be done by hand',
        '2  the command line was not understood',
      ],
      examples: [
        ['init', 'show what would change, and ask'],
        ['init --yes --ci github', 'without asking, with a workflow for GitHub Actions'],
      ],
    },
  )
    .option('-y, --yes', 'do not ask')
    .option('--ci <service>', `write a cache and shard set-up: ${Object.keys(services).join(', ')}`)
    .option('--shards <count>', 'in how many shards CI runs the tests', '4')
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .option('--json', 'print what was or would be done as JSON')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  if (flags.ci !== undefined && !Object.hasOwn(services, flags.ci))
    command.error(`error: --ci must be one of ${Object.keys(services).join(', ')}`);
  if (!/^[1-9]\d{0,2}$/.test(flags.shards))
    command.error('error: --shards must be a number from 1');
  try {
    const place = await locateProject(flags.config);
    await carryOut(makePlan(place, flags), place, flags);
  } catch (error) {
    fail(error, flags.json === true);
  }
}

function makePlan(place: ProjectLocation, flags: Flags): Plan {
  const plan: Plan = { changes: [], byHand: [], toCopy: null };
  const configPath = place.loaded.root.configPath ?? path.join(place.root, 'package.json');
  if (!place.usesWithTestmon) {
    if (!isInstalled(path.dirname(configPath)))
      plan.byHand.push(
        `install jest-testmon first ("${commandToAdd('jest-testmon', place.root)}"), then run this again.`,
      );
    else {
      try {
        plan.changes.push(...configChanges(configPath));
      } catch (error) {
        if (!(error instanceof UnclearSourceError)) throw error;
        plan.byHand.push(explainByHand(configPath, error.message));
      }
    }
  }
  const ignored = gitignoreChange(place.dataFile);
  if (ignored !== null) plan.changes.push(ignored);
  const service = flags.ci === undefined ? undefined : services[flags.ci];
  if (service !== undefined) {
    const manager = packageManagerOf(place.root);
    const node = Number.parseInt(process.versions.node, 10);
    const text = service.write({ manager, node, shards: Number(flags.shards) });
    const file = path.join(place.root, service.file);
    const before = readText(file);
    if (before === null) plan.changes.push({ file, before, after: text });
    else if (before !== text) plan.toCopy = { file, text };
  }
  return plan;
}

function explainByHand(configPath: string, why: string): string {
  const name = path.basename(configPath);
  return (
    `${name} was not changed, as ${why}. Import withTestmon from 'jest-testmon' there, and export ` +
    `withTestmon(config) in the place of config.`
  );
}

async function carryOut(plan: Plan, place: ProjectLocation, flags: Flags): Promise<void> {
  const { changes, byHand, toCopy } = plan;
  const json = flags.json === true;
  const say = (...lines: string[]) => {
    // Tabs stay, because a config may be indented by them.
    if (!json) printLines(lines, '\t');
  };
  for (const change of changes) say(...show(change, place.root));
  if (toCopy !== null)
    say(
      `${toCopy.file} exists and stays as it is. Take over from this what you need:`,
      '',
      ...toCopy.text.split('\n'),
    );
  for (const sentence of byHand) printNotice(`testmon: ${sentence}`);

  const wanted =
    changes.length > 0 && (flags.yes === true || (await confirmed(changes.length, json)));
  const problem = wanted ? applyChecked(changes, place) : null;
  const done = wanted && problem === null;
  if (problem !== null) printNotice(`testmon: ${problem}`);
  else if (changes.length === 0 && byHand.length === 0 && toCopy === null)
    say('Everything is set up; there is nothing to do.');
  else if (changes.length > 0)
    say(done ? 'Done.' : 'Nothing was changed; --yes makes these changes.');
  if (json) {
    const files = changes.map(({ file, before, after }) => ({ file, before, after }));
    printJson({ done, changes: files, byHand, toCopy, problem });
  }
  const isOpen = byHand.length > 0 || toCopy !== null || (changes.length > 0 && !done);
  process.exitCode = isOpen ? EXIT.bad : EXIT.good;
}

/**
 * Makes the changes, and undoes them if Jest can no longer read the config.
 * @returns Null if it works. Otherwise a sentence for the user.
 */
function applyChecked(changes: readonly Change[], place: ProjectLocation): string | null {
  apply(changes);
  if (!changes.some(wraps)) return null;
  const configPath = place.loaded.root.configPath ?? path.join(place.root, 'package.json');
  const why = whyNotLoaded(path.dirname(configPath), changes);
  if (why === null) return null;
  revert(changes);
  return `the changed config did not load (${why}), so every file is as it was. ${explainByHand(configPath, 'the result did not work')}`;
}

function wraps({ after }: Change): boolean {
  return after?.includes('withTestmon(') === true;
}

async function confirmed(count: number, json: boolean): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `Make ${count === 1 ? 'this change' : 'these changes'}? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function show({ file, before, after }: Change, root: string): string[] {
  const name = path.relative(root, file).replace(/\\/g, '/');
  return [...unifiedDiff(name, before, after).map(colour), ''];
}

function colour(line: string): string {
  if (line.startsWith('+')) return colours.green(line);
  return line.startsWith('-') ? colours.red(line) : line;
}
