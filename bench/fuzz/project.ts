import {
  FOLDER,
  Dice,
  FLAVOURS,
  change,
  put,
  remove,
  type Change,
  type Entries,
  type Features,
  type Maker,
  type Operation,
} from './model';
import { place } from './contexts';
import { fileOperation } from './files';
import { moduleOperation } from './modules';
import { configOperation, macroOperation, programOperation, variableOperation } from './others';
import { transformerEntries } from './transformers';
import { typesOperation } from './types';

/** One test file with what it does. */
export interface Cell {
  /** Relative to the root. */
  testFile: string;
  /** Operation and context, to count by. */
  kind: string;
  entries: Entries;
  /** Changes that it might see. */
  changes: Change[];
}

/** A whole generated project. */
export interface GeneratedProject {
  seed: number;
  features: Features;
  cells: Cell[];
  entries: Entries;
  /** Changes that many test files might see. */
  changes: Change[];
  variables: Record<string, string>;
}

/** Stands in a test file for the value that it shall observe. */
export const EXPECTED = 'FUZZ_EXPECTED';

/** Makes a project of some test files; the same for the same seed. */
export function generate(seed: number, size: number, only?: string): GeneratedProject {
  const dice = new Dice(seed);
  const features: Features = {
    jest: dice.chance(0.25) ? '29' : '30',
    flavour: dice.one(FLAVOURS),
    modules: dice.chance(0.35),
    modulePaths: dice.chance(0.5),
    moduleDirectories: dice.chance(0.5),
    nodePath: dice.chance(0.5),
    workers: dice.chance(0.5) ? 1 : 2,
  };
  const cells: Cell[] = [];
  for (let index = 0; cells.length < size && index < size * 60; index += 1) {
    const cell = makeCell(new Dice(seed * 1000 + index), index, features);
    if (only === undefined || cell.kind.includes(only)) cells.push(cell);
  }
  const variables = { NODE_PATH: features.nodePath ? '<root>/np1:<root>/np2' : '' };
  return {
    seed,
    features,
    cells,
    entries: projectEntries(features),
    changes: projectChanges(dice, features),
    variables: features.nodePath ? variables : {},
  };
}

function makeCell(dice: Dice, index: number, features: Features): Cell {
  const name = `c${index}`;
  const folder = `${name}/${name}o0`;
  const maker: Maker = { dice, features, folder, unique: `n${index}` };
  const operation = makeOperation(maker);
  const placed = place(operation, folder, dice, features);
  const later = placed.context === 'in a later test';
  const testFile = `${name}/${name}.test.js`;
  const test = `const at = require('path').join(__dirname, ${JSON.stringify(`${name}o0`)});
const EXPECTED = ${EXPECTED};
const hide = (text) => text.split(require('path').dirname(__dirname)).join('<root>');
${later ? `test('before', () => {});\n` : ''}test('observes', async () => {
  const observed = hide(JSON.stringify(${placed.observe}) ?? 'undefined');
  if (observed !== EXPECTED) throw new Error('FUZZ:' + Buffer.from(observed).toString('base64') + ':');
});
`;
  return {
    testFile,
    kind: `${operation.kind} | ${placed.context}`,
    entries: { ...placed.entries, [testFile]: test },
    changes: [...operation.changes, ...generic(dice, placed.entries, folder)],
  };
}

function makeOperation(maker: Maker): Operation {
  const { dice, features } = maker;
  const macros = /babel|custom/.test(features.flavour);
  const configs = /babel|swc/.test(features.flavour);
  const makers = [
    ...Array.from({ length: 6 }, () => fileOperation),
    ...Array.from({ length: 8 }, () => moduleOperation),
    ...(macros ? Array.from({ length: 8 }, () => macroOperation) : []),
    ...(configs ? [configOperation] : []),
    ...(features.flavour.startsWith('ts-jest')
      ? Array.from({ length: 12 }, () => typesOperation)
      : []),
    variableOperation,
    programOperation,
    programOperation,
  ];
  return dice.one(makers)(maker);
}

/** Changes that suit any project: something appears, goes, moves, or becomes something else. */
function generic(dice: Dice, entries: Entries, folder: string): Change[] {
  const paths = Object.keys(entries).filter(
    (path) =>
      path.startsWith(folder) &&
      !path.includes('/node_modules/') &&
      !/\/(run|main|load)\.m?js$/.test(path),
  );
  const field = dice.one([
    '{"type":"module"}',
    '{"type":"commonjs"}',
    '{"main":"other.js"}',
    '{}',
    '{"exports":"./none.js"}',
  ]);
  const [cell] = folder.split('/');
  return [
    change('package.json in the folder', put(`${folder}/package.json`, field)),
    change('package.json above the folder', put(`${cell ?? ''}/package.json`, field)),
    change('an empty node_modules', put(`${folder}/node_modules`, FOLDER)),
    change(
      'the folder becomes a link',
      { do: 'move', from: folder, to: `${cell ?? ''}/moved` },
      put(folder, { linkTo: 'moved' }),
    ),
    ...(paths.length === 0
      ? []
      : [
          change('some file removed', remove(dice.one(paths))),
          change('some file becomes a folder', ...becomes(dice.one(paths))),
        ]),
  ];
}

function becomes(path: string): Change['steps'] {
  return [remove(path), put(path, FOLDER)];
}

function projectEntries(features: Features): Entries {
  const config = {
    testEnvironment: 'node',
    testMatch: ['**/*.test.js'],
    ...(features.modulePaths ? { modulePaths: ['<rootDir>/mp1', '<rootDir>/mp2'] } : {}),
    ...(features.moduleDirectories ? { moduleDirectories: ['node_modules', 'other'] } : {}),
    moduleNameMapper: { '^@map/(.*)$': ['<rootDir>/map1/$1', '<rootDir>/map2/$1'] },
  };
  const { entries, transform } = transformerEntries(features.flavour);
  return {
    'package.json': '{"name":"fuzzed","private":true}',
    'jest.config.js': `module.exports = ${JSON.stringify({ ...config, transform }, null, 1)};\n`,
    'mp1/keep.txt': '',
    'np1/keep.txt': '',
    ...entries,
  };
}

function projectChanges(dice: Dice, features: Features): Change[] {
  const variable = (name: string, value: string | null): Change =>
    change(`${name} changes`, { do: 'variable', name, value });
  return [
    variable('NODE_PATH', '<root>/np2'),
    variable('NODE_PATH', '<root>/other'),
    ...(features.nodePath ? [variable('NODE_PATH', null)] : []),
    change('root package.json: type', put('package.json', '{"name":"fuzzed","type":"module"}')),
    change('root package.json: name', put('package.json', '{"name":"other"}')),
    change(
      'root package.json: a field',
      put('package.json', `{"name":"fuzzed","value":"${dice.word()}"}`),
    ),
    change(
      'mock of fs appears',
      put(
        '__mocks__/fs.js',
        'module.exports = { ...jest.requireActual("fs"), readFileSync: () => "mock" };',
      ),
    ),
    change('.babelrc appears', put('.babelrc', '{"compact":true}')),
  ];
}
