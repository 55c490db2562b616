import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as path from 'node:path';
import {
  FolderReader,
  resolutionCandidates,
  resolutionCandidatesValue,
} from '../../../src/dependencies/resolution/resolution-candidates';

const EXTENSIONS = ['js', 'mjs', 'ts', 'd.ts', 'json'];

/** Few letters, so that names share their beginnings. */
const name = fc
  .array(fc.constantFrom('a', 'index', '.', '.js', '.ts', '.d', '__mocks__', 'package.json'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '.' && text !== '..' && text !== '...');

test('a module that stands alone has the rivals that going through all of them finds', () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 6 }),
      fc.array(name, { maxLength: 3 }),
      name,
      fc.constantFrom('', 'sub/'),
      (entries, mocks, module, folder) => {
        const list = (at: string): string[] => {
          const base = path.basename(at);
          if (base === '__mocks__') return entries.includes(base) ? mocks : [];
          return base === 'sub' || base === 'root' ? [...entries, 'sub'] : [];
        };
        const reader = () => new FolderReader('/root', list);
        const folders = reader();
        const all = resolutionCandidates(folder + module, EXTENSIONS).filter((rival) =>
          folders.has(rival),
        );
        expect(resolutionCandidatesValue(folder + module, EXTENSIONS, reader())).toBe(
          all.join('\n'),
        );
      },
    ),
    { numRuns: 3_000 },
  );
});
