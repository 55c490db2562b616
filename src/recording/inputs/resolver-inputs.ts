import path from 'node:path';
import { keepLooked, watchCustomResolvers } from '../../interception/modules/custom-resolver';
import { unobserved } from '../../interception/observer';
import { withWatchedVariables } from '../../interception/variables/tool-variables';
import { toolInputs } from './tool-inputs';

/**
 * Begins to note what the user's resolvers read. It counts for every test file, because it is unknown which of their
 * answers Jest has cached.
 * @param root Absolute path of the root that stored paths are relative to.
 */
export function watchResolverInputs(root: string): void {
  watchCustomResolvers({
    resolved: ({ resolver, key }, reads) =>
      unobserved(() => {
        const isCandidate = (file: string): boolean => key !== null && isNamedBy(key, file);
        const candidates = reads.looked.filter(isCandidate);
        const looked = reads.looked.filter((file) => !isCandidate(file));
        toolInputs.note(resolver, { ...reads, looked });
        // Whether a candidate exists matters only to test files that ask for the same module.
        if (key !== null && candidates.length > 0) keepLooked(key, candidates);
      }),
    inToolChain: withWatchedVariables,
    loadElsewhere: (resolver) => toolInputs.seeElsewhere(root, resolver),
  });
}

/**
 * Whether a path is one where a module of this name may be. Example: `over/thing.js` for `thing`. Any other path
 * belongs to the resolver itself, such as its config.
 * @param key The key of the question to the resolver.
 */
function isNamedBy(key: string, file: string): boolean {
  const specifier = key.slice(key.indexOf('\0') + 1);
  const stem = path.basename(specifier).replace(/\.[^.]*$/, '');
  return stem !== '' && file.includes(stem);
}
