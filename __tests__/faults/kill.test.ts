import { afterEach, expect, jest, test } from '@jest/globals';
import { World, type Victim } from '../../bench/faults/world';

jest.setTimeout(300_000);

let world: World;
afterEach(() => world.remove());

// Few and seeded; `npm run bench -- kill` does as many as wanted.
test.each<[Victim, number]>([
  ['controller', 1],
  ['worker', 2],
  ['group', 3],
  ['commit', 4],
])(
  'SIGKILL of the %s loses nothing complete, and the next run selects what fails',
  async (victim, seed) => {
    world = new World(seed);
    expect(world.check()).toEqual([]);
    world.edit();
    const { faults } = await world.kill(victim, 2);
    expect(faults).toEqual([]);
    expect(world.kills).toBe(1);
    expect(world.check()).toEqual([]);
  },
);
