import path from 'node:path';
import {
  keepLooked,
  watchCustomResolvers,
  type ResolverReads,
} from '../../interception/modules/custom-resolver';
import { askInProcess } from '../../interception/modules/resolver-process';
import { unobserved } from '../../interception/observer';
import {
  noteToolVariable,
  withWatchedVariables,
} from '../../interception/variables/tool-variables';
import { getOrCreate } from '../../dependencies/get-or-create';
import { inputValues, type TransformInput } from '../../transform/input-values';
import { transformerReads } from '../../transform/transformer-reads';

/** What resolvers of the user's read in this process: they keep it. */
class ResolverInputs {
  /** By resolver, and by path: what it read, as that was then. */
  readonly #inputs = new Map<string, Map<string, TransformInput>>();
  /** Resolvers of which nobody knows what they read. */
  readonly #unseen = new Set<string>();

  /** Begins to note what resolvers read. @param root Absolute path of the root that stored paths are relative to. */
  watch(root: string): void {
    watchCustomResolvers({
      resolved: ({ resolver, key }, reads) =>
        unobserved(() => {
          const isCandidate = (file: string): boolean => key !== null && isNamedBy(key, file);
          const candidates = reads.looked.filter(isCandidate);
          const looked = reads.looked.filter((file) => !isCandidate(file));
          this.#note(resolver, { ...reads, looked });
          // Whether a candidate is there matters to whoever asks for the same module.
          if (key !== null && candidates.length > 0) keepLooked(key, candidates);
        }),
      inToolChain: withWatchedVariables,
      loadElsewhere: (resolver) => {
        const ask = () => askInProcess(resolver);
        const { result, reads } = transformerReads(root, ask, noteToolVariable);
        if (!result) this.#unseen.add(resolver);
        return { ...reads, looked: [...reads.looked, ...reads.missing] };
      },
    });
  }

  /**
   * What a resolver read in this process until now, with absolute paths. It counts for every test file: nobody knows
   * which of its answers Jest has kept.
   * @param resolver Absolute path; null where a project has none.
   */
  of(resolver: string | null): Iterable<TransformInput> {
    return (resolver === null ? undefined : this.#inputs.get(resolver))?.values() ?? [];
  }

  /** Whether it is known what a resolver read. @param resolver Absolute path; null where a project has none. */
  isSeen(resolver: string | null): boolean {
    return resolver === null || !this.#unseen.has(resolver);
  }

  #note(resolver: string, reads: ResolverReads): void {
    const known = getOrCreate(this.#inputs, resolver, () => new Map<string, TransformInput>());
    for (const file of reads.modules) getOrCreate(known, file, () => inputValues.loaded(file));
    for (const file of reads.files) getOrCreate(known, file, () => inputValues.file(file));
    for (const file of reads.looked) getOrCreate(known, file, () => inputValues.presence(file));
    for (const folder of reads.folders)
      getOrCreate(known, `${folder}/`, () => inputValues.listing(folder));
  }
}

/** One for the process: what a resolver has read stays in its memory. */
export const resolverInputs = new ResolverInputs();

/**
 * Whether a path is one of the places where a module of this name may be: `over/thing.js` for `thing`. Any other path is
 * the resolver's own, such as its config.
 * @param key Of a question to a resolver.
 */
function isNamedBy(key: string, file: string): boolean {
  const specifier = key.slice(key.indexOf('\0') + 1);
  const stem = path.basename(specifier).replace(/\.[^.]*$/, '');
  return stem !== '' && file.includes(stem);
}
