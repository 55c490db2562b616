import type { Options } from '../config/options';
import { look, remedy, sharedSettings, SharedStoreError } from '../shared-store';
import { count } from '../terminal/logger';
import { reporter, type Finding } from './finding';

/** Whether the shared store answers, where there is one. */
export async function checkShared({ shared }: Options): Promise<Finding[]> {
  const settings = sharedSettings(shared, process.env);
  if (settings === null) return [];
  const found = reporter('shared store');
  try {
    const { store, writes, scopes, roundTrip } = await look(settings);
    const held = scopes.map(({ scope, bundles }) => `${count(bundles, 'bundle')} in ${scope}`);
    const use = writes === null ? 'this machine only reads' : `this machine writes to ${writes}`;
    return [
      found.ok(`${store} answers within ${Math.ceil(roundTrip)} ms: ${held.join(', ')}; ${use}`),
    ];
  } catch (error) {
    if (!(error instanceof SharedStoreError)) throw error;
    return [found.error(error.message, remedy(error))];
  }
}
