/**
 * Lives with a fixture project for a while: seeded edits, branch switches, kills, parallel runs and edits during a run,
 * each followed by a run that is compared with an oracle that runs everything. The first fault ends it; the seed and
 * the number of the step replay it.
 *
 *   npm run bench -- soak --minutes 30 --seed 1
 */
import { Command } from 'commander';
import { World, type Fault, type Victim } from './faults/world';
import { machine } from './support/measure';
import { addResult } from './support/results';

interface Step {
  what: string;
  faults: Fault[];
}

async function step(world: World): Promise<Step> {
  const { random } = world;
  const choice = random.next();
  if (choice < 0.35) return { what: `edit: ${world.edit()}`, faults: [] };
  if (choice < 0.5) return { what: world.switchBranch(), faults: [] };
  if (choice < 0.75) {
    const edited = world.edit();
    const victim = random.pick<Victim>(['controller', 'worker', 'group', 'commit']) ?? 'group';
    const { what, faults } = await world.kill(victim);
    return { what: `${edited}; ${what}`, faults };
  }
  if (choice < 0.9) {
    const edited = world.edit();
    return { what: `${edited}; three runs at once`, faults: await world.runTogether(3) };
  }
  const { what, faults } = await world.editDuring();
  return { what: `during a run: ${what}`, faults };
}

async function main(): Promise<number> {
  const options = new Command('soak')
    .option('--minutes <number>', 'how long', Number, 30)
    .option('--seed <number>', 'what determines everything', Number, Date.now() % 1_000_000)
    .option('--steps <number>', 'stop after this many steps', Number, Infinity)
    .option('--verbose', 'print every step')
    .parse()
    .opts<{ minutes: number; seed: number; steps: number; verbose?: true }>();
  console.log(`${machine()}\nseed ${options.seed}, ${options.minutes} minutes`);
  const world = new World(options.seed);
  const start = Date.now();
  let faults = world.check();
  if (faults.length > 0) console.log(`at the start:\n  ${faults.join('\n  ')}`);
  let steps = 0;
  while (
    faults.length === 0 &&
    steps < options.steps &&
    Date.now() - start < options.minutes * 60_000
  ) {
    steps += 1;
    const { what, faults: found } = await step(world);
    faults = [...found, ...world.check(), ...(steps % 7 === 0 ? world.checkAgain() : [])];
    if (options.verbose || faults.length > 0) console.log(`step ${steps}: ${what}`);
    if (faults.length > 0) console.log(`  ${faults.join('\n  ')}`);
    else if (steps % 50 === 0) console.log(`${steps} steps`);
  }
  const minutes = ((Date.now() - start) / 60_000).toFixed(1);
  console.log(
    `seed ${options.seed}: ${steps} steps, ${world.kills} kills in ${minutes} minutes: ${faults.length === 0 ? 'no escape, no corruption, nothing lost' : 'FAULTS'}`,
  );
  addResult('soak', { seed: options.seed, steps, kills: world.kills, minutes, faults });
  if (faults.length > 0) console.log(`The project is kept at ${world.project.root}`);
  else world.remove();
  return faults.length === 0 ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
