import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as ts from 'typescript';

const REPOSITORY = path.join(__dirname, '..', '..');
const MODULES = path.join(REPOSITORY, 'node_modules');

/** Config files as users write them. */
const CONFIGS = {
  "a config that is typed by 'jest'": `
    import type { Config } from 'jest';
    import { withTestmon } from 'jest-testmon';
    const config: Config = withTestmon({ preset: 'ts-jest', transform: { '^.+$': ['ts-jest', {}] } });
    export default config;`,
  "a config that is typed by '@jest/types'": `
    import type { Config } from '@jest/types';
    import { withTestmon } from 'jest-testmon';
    const config: Config.InitialOptions = withTestmon({ projects: ['a'] }, { granularity: 'test' });
    export default config;`,
  'promises, functions and what was composed already': `
    import type { Config } from 'jest';
    import { withTestmon } from 'jest-testmon';
    const load = async (): Promise<Config> => ({ verbose: true });
    export const ofPromise: Config = withTestmon(load());
    export const ofFunction: () => Promise<Config> = withTestmon(load);
    export default withTestmon(withTestmon({})) satisfies Config;`,
};

describe.each(['jest', 'jest29'])('the types of withTestmon beside those of %s', (jest) => {
  test.each(Object.entries(CONFIGS))('accept %s', (_, text) => {
    expect(errorsIn(text, jest)).toEqual([]);
  });

  test('refuse a value that no key of a config has', () => {
    const text =
      "import { withTestmon } from 'jest-testmon'; export default withTestmon({ verbose: 'yes' });";
    expect(errorsIn(text, jest)).toHaveLength(1);
  });
});

/** What TypeScript finds wrong in a config file of a project with this Jest and the built package. */
function errorsIn(text: string, jest: string): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-types-'));
  const file = path.join(folder, 'jest.config.ts');
  fs.writeFileSync(file, text);
  const home = path.join(MODULES, jest);
  const core = require.resolve('@jest/core/package.json', { paths: [fs.realpathSync(home)] });
  const types = require.resolve('@jest/types/package.json', { paths: [path.dirname(core)] });
  try {
    const program = ts.createProgram([file], {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [path.join(MODULES, '@types/node')],
      paths: {
        jest: [home],
        '@jest/types': [path.dirname(types)],
        'jest-testmon': [path.join(REPOSITORY, 'dist/index.d.ts')],
      },
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
