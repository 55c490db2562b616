/**
 * Kills runs at seeded moments (the controller, a worker, the whole group, the controller inside its commit) and checks
 * after each that the database is sound, that nothing complete was lost, and that the next run selects what an oracle
 * that runs everything finds failing.
 *
 *   npm run bench -- kill --count 200 --seed 1
 */
import { Command } from 'commander';
import { World, type Victim } from './faults/world';
import { machine } from './support/measure';
import { addResult } from './support/results';

const VICTIMS: readonly Victim[] = ['controller', 'worker', 'group', 'commit'];

async function main(): Promise<number> {
  const { count, seed } = new Command('kill')
    .option('--count <number>', 'how many kills', Number, 200)
    .option('--seed <number>', 'what determines edits, victims and moments', Number, 1)
    .parse()
    .opts<{ count: number; seed: number }>();
  console.log(`${machine()}\nseed ${seed}, ${count} kills`);
  const world = new World(seed);
  let faults = world.check();
  if (faults.length > 0) console.log(`at the start:\n  ${faults.join('\n  ')}`);
  const met = Object.fromEntries(VICTIMS.map((victim) => [victim, 0])) as Record<Victim, number>;
  let nth = 0;
  // A moment after the run's end meets nobody, and does not count.
  while (world.kills < count && faults.length === 0) {
    const victim = VICTIMS[nth % VICTIMS.length] ?? 'group';
    nth += 1;
    const edited = world.edit();
    const kills = world.kills;
    const { faults: found, what } = await world.kill(victim);
    met[victim] += world.kills - kills;
    faults = [...found, ...world.check(), ...(nth % 5 === 0 ? world.checkAgain() : [])];
    if (faults.length > 0) console.log(`step ${nth}: ${edited}; ${what}\n  ${faults.join('\n  ')}`);
    else if (nth % 20 === 0) console.log(`${world.kills} kills`);
  }
  const table = VICTIMS.map((victim) => `${victim} ${met[victim]}`).join(', ');
  console.log(`${world.kills} kills (${table}): ${faults.length === 0 ? 'no fault' : 'FAULTS'}`);
  addResult('kills', { seed, kills: world.kills, met, faults });
  if (faults.length > 0) console.log(`The project is kept at ${world.project.root}`);
  else world.remove();
  return faults.length === 0 ? 0 : 1;
}

void main().then((code) => (process.exitCode = code));
