import * as fs from 'node:fs';
import { selecting, testing, type Family } from './scenario';

/** An installed plug-in that writes into the code what it finds in files and variables. */
const FINDING = `
const fs = require('node:fs');
const path = require('node:path');
let once;
const finds = {
  file: (name) => fs.readFileSync(name, 'utf8').trim(),
  exists: (name) => String(fs.existsSync(name)),
  variable: (name) => String(process.env[name]),
  once: () => (once ??= fs.readFileSync(path.join(process.cwd(), ['once', 'txt'].join('.')), 'utf8').trim()),
};
module.exports = ({ types }) => ({
  visitor: {
    CallExpression(call) {
      const { callee, arguments: [first] } = call.node;
      if (callee.name !== 'find') return;
      const [what, name] = first.value.split(' ');
      call.replaceWith(types.stringLiteral(finds[what](name)));
    },
  },
});
`;

const FINDS: Record<string, [asked: string, found: string]> = {
  env: ['file .env', 'A=1'],
  mode: ['file .env.test', 'A=1'],
  folder: ['file .config/flags.json', '1'],
  absent: ['exists src/override.txt', 'false'],
  style: ['file node_modules/palette/style.css', 'red'],
  variable: ['variable MY_FLAG', 'undefined'],
  linked: ['file theme.txt', 'light'],
  first: ['once', 'once'],
  second: ['once', 'once'],
};

/** By test file: how a plug-in looks for the package of that name while it transforms. */
const SEEKS: Record<string, string> = {
  resolved: "require.resolve('resolved', { paths: [process.cwd()] })",
  required: "require('required')",
  below: "require.resolve('below/sub')",
  scoped: "require.resolve('@scope/scoped')",
  created: "require('module').createRequire(process.cwd() + '/').resolve('created')",
  'looked-up':
    "(() => { if (!fs.existsSync(process.cwd() + '/node_modules/looked-up')) throw 0; })()",
  remembered: "(remembered ??= attempt(() => require('remembered')))()",
};

/** A plug-in that writes into the code whether it finds a package. */
const SEEKING = `
const fs = require('node:fs');
let remembered;
try { require('probed-as-loaded'); } catch {}
const attempt = (work) => { try { const found = work(); return () => found; } catch (error) { return () => { throw error; }; } };
const ways = { ${Object.entries(SEEKS)
  .map(([name, look]) => `'${name}': () => ${look}`)
  .join(',\n')} };
module.exports = ({ types }) => ({
  visitor: {
    CallExpression(call) {
      const { callee, arguments: [first] } = call.node;
      if (callee.name !== 'seek') return;
      let found = true;
      try { ways[first.value](); } catch { found = false; }
      call.replaceWith(types.booleanLiteral(found));
    },
  },
});
`;

const file = (name: string): string => `__tests__/${name}.test.js`;

/** What an installed plug-in of Babel writes into the code. */
export const transformInputs: Family = {
  name: 'what a transform is made from',
  isInBand: true,
  base: {
    packages: ['jest', 'babel-jest', '@babel/core', 'babel-plugin-istanbul', 'babel-preset-jest'],
    files: {
      'jest.config.js': 'module.exports = {};',
      'babel.config.js': "module.exports = { plugins: ['finding'] };\n",
      'node_modules/babel-plugin-finding/package.json':
        '{"name":"babel-plugin-finding","version":"1.0.0"}',
      'node_modules/babel-plugin-finding/index.js': FINDING,
      'node_modules/palette/package.json': '{"name":"palette","version":"1.0.0"}',
      'node_modules/palette/style.css': 'red',
      '.env': 'A=1\n',
      '.env.test': 'A=1\n',
      '.config/flags.json': '1\n',
      'once.txt': 'once\n',
      'themes/light.txt': 'light\n',
      'themes/dark.txt': 'dark\n',
      ...Object.fromEntries(
        Object.entries(FINDS).flatMap(([name, [asked, found]]) => [
          [`src/${name}.js`, `exports.found = () => find('${asked}');\n`],
          [file(name), testing(`expect(require('../src/${name}').found()).toBe('${found}');`)],
        ]),
      ),
    },
    prepare: (project) => fs.symlinkSync('themes/light.txt', project.path('theme.txt')),
  },
  scenarios: [
    {
      ...selecting(file('linked'))(
        'a link through which it reads comes to lead elsewhere',
        (project) => {
          project.write({ 'theme.txt': null });
          fs.symlinkSync('themes/dark.txt', project.path('theme.txt'));
        },
      ),
      expectExit: 1,
    },
    ...Object.entries({ env: '.env', mode: '.env.test', folder: '.config/flags.json' }).map(
      ([name, path]) => ({
        ...selecting(file(name))(`a hidden file (${path})`, (project) =>
          project.write({ [path]: 'A=2\n' }),
        ),
        expectExit: 1,
      }),
    ),
    {
      ...selecting(file('style'))(
        'another version of a package of which it reads a file',
        (project) =>
          project.write({
            'node_modules/palette/package.json': '{"name":"palette","version":"1.0.1"}',
            'node_modules/palette/style.css': 'blue',
          }),
      ),
      expectExit: 1,
    },
    {
      ...selecting(file('absent'))('a file that was missing', (project) =>
        project.write({ 'src/override.txt': '' }),
      ),
      expectExit: 1,
    },
    {
      ...selecting(...Object.keys(FINDS).map(file))('a variable', () => undefined),
      env: { MY_FLAG: '1' },
      expectExit: 1,
    },
  ],
};

/** Packages that an installed plug-in of Babel looks for in vain. */
export const soughtPackages: Family = {
  name: 'packages that an installed plug-in looks for',
  isInBand: true,
  base: {
    packages: ['jest', 'babel-jest', '@babel/core', 'babel-plugin-istanbul', 'babel-preset-jest'],
    files: {
      'jest.config.js': 'module.exports = {};',
      'babel.config.js': "module.exports = { plugins: ['seeking'] };\n",
      'node_modules/babel-plugin-seeking/package.json':
        '{"name":"babel-plugin-seeking","version":"1.0.0"}',
      'node_modules/babel-plugin-seeking/index.js': SEEKING,
      ...Object.fromEntries(
        Object.keys(SEEKS).flatMap((name) => [
          [`src/${name}.js`, `exports.found = () => seek('${name}');\n`],
          [
            file(name),
            testing(
              `expect(require('../src/${name}').found())${name === 'required' ? '.toBe(false)' : '.toBeDefined()'};`,
            ),
          ],
        ]),
      ),
      [file('nothing')]: testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    ...Object.keys(SEEKS).map((name) => {
      const inside = name === 'scoped' ? '@scope/scoped' : name;
      const row = selecting(file(name))(`one that is installed later (${name})`, (project) =>
        project.write({
          [`node_modules/${inside}/package.json`]: `{"name":"${inside}","version":"1.0.0"}`,
          [`node_modules/${inside}/index.js`]: '',
          [`node_modules/${inside}/sub.js`]: '',
        }),
      );
      return { ...row, ...(name === 'required' && { expectExit: 1 }) };
    }),
    {
      name: 'one that nobody looks for, or that it looks for only as it is loaded',
      edit: (project) =>
        project.write({
          'node_modules/unasked/package.json': '{"name":"unasked","version":"1.0.0"}',
          'node_modules/probed-as-loaded/package.json':
            '{"name":"probed-as-loaded","version":"1.0.0"}',
          'node_modules/probed-as-loaded/index.js': '',
        }),
      expectRan: [],
    },
  ],
};

const NAMING = `
const fs = require('node:fs');
const ts = require('typescript');
exports.name = 'naming';
exports.version = 1;
exports.factory = ({ program }) => (context) => (source) => {
  const checker = program.getTypeChecker();
  const visit = (node) =>
    ts.isCallExpression(node) && node.expression.getText(source) === 'typeName'
      ? ts.factory.createStringLiteral(checker.typeToString(checker.getTypeAtLocation(node.arguments[0]), undefined, ts.TypeFlags.InTypeAlias))
      : ts.visitEachChild(node, visit, context);
  return ts.visitNode(source, visit);
};
`;

/** A plug-in of ts-jest that writes types into the code. */
export const compilerPlugins: Family = {
  name: 'ts-jest with a plug-in of the compiler',
  base: {
    packages: ['jest', 'ts-jest', 'typescript', '@types/jest'],
    files: {
      'tsconfig.json':
        '{"compilerOptions":{"module":"CommonJS","target":"ES2022","types":["jest"]}}',
      'jest.config.js':
        "module.exports = { transform: { '\\\\.ts$': ['ts-jest', { astTransformers: { before: ['./naming.js'] } }] } };",
      'naming.js': NAMING,
      'src/deep.ts': 'export type Weight = number;\n',
      'src/weights.ts': "export type { Weight } from './deep';\n",
      'src/named.ts':
        "import type { Weight } from './weights';\ndeclare function typeName(value: unknown): string;\nconst weight = 0 as unknown as Weight;\nexport const name = (): string => typeName(weight);\n",
      '__tests__/named.test.ts': `import { name } from '../src/named';\n${testing("expect(name()).toBe('number');")}`,
      'node_modules/masses/package.json':
        '{"name":"masses","version":"1.0.0","types":"index.d.ts"}',
      'node_modules/masses/index.d.ts': "export type { Mass } from 'units';\n",
      'node_modules/units/package.json': '{"name":"units","version":"1.0.0"}',
      'node_modules/units/index.d.ts': 'export type Mass = number;\n',
      'src/installed.ts':
        "import type { Mass } from 'masses';\ndeclare function typeName(value: unknown): string;\nconst mass = 0 as unknown as Mass;\nexport const name = (): string => typeName(mass);\n",
      '__tests__/installed.test.ts': `import { name } from '../src/installed';\n${testing("expect(name()).toBe('number');")}`,
      '__tests__/other.test.ts': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'a type of an installed package, which another one exports again',
      edit: (project) => {
        project.edit('node_modules/units/index.d.ts', 'number', 'string');
        project.edit('node_modules/units/package.json', '1.0.0', '1.0.1');
      },
      expectRan: ['__tests__/installed.test.ts'],
      expectExit: 1,
    },
    {
      name: 'a type that is exported again',
      edit: (project) => project.edit('src/deep.ts', 'number', 'string'),
      expectRan: ['__tests__/named.test.ts'],
      expectExit: 1,
    },
  ],
};
