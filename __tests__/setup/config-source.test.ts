import { expect, test } from '@jest/globals';
import { UnclearSourceError, wrapConfigSource } from '../../src/setup/config-source';
import { takeJestKey } from '../../src/setup/json-config';

const REQUIRE = "const { withTestmon } = require('jest-testmon');\n\n";
const IMPORT = "import { withTestmon } from 'jest-testmon';\n";

test.each([
  ['module.exports = { a: 1 };\n', `${REQUIRE}module.exports = withTestmon({ a: 1 });\n`],
  ['module.exports = {}', `${REQUIRE}module.exports = withTestmon({})`],
  [
    "'use strict';\n// @ts-check\n\n/** @type {import('jest').Config} */\nconst config = {};\nmodule.exports = config;",
    `'use strict';\n// @ts-check\n\n${REQUIRE}/** @type {import('jest').Config} */\nconst config = {};\nmodule.exports = withTestmon(config);`,
  ],
  [
    '#!/usr/bin/env node\nmodule.exports = async () => ({ a: `${1}` }); // end',
    `#!/usr/bin/env node\n${REQUIRE}module.exports = withTestmon(async () => ({ a: \`\${1}\` })); // end`,
  ],
  [
    'module.exports = ({\r\n  a: "1",\r\n});\r\n',
    'const { withTestmon } = require("jest-testmon");\r\n\r\nmodule.exports = (withTestmon({\r\n  a: "1",\r\n}));\r\n',
  ],
  [
    "// first\nimport x from 'x';\n\nexport default { x };\n",
    `// first\n${IMPORT}import x from 'x';\n\nexport default withTestmon({ x });\n`,
  ],
  [
    'export default async function config() { return {}; }\n',
    `${IMPORT}\nexport default withTestmon(async function config() { return {}; })\n`,
  ],
])('JavaScript: %j', (source, expected) => {
  expect(wrapConfigSource(source, false)).toBe(expected);
});

test.each([
  [
    "import type { Config } from 'jest';\n\nconst config: Config = { a: 1 };\nexport default config;\n",
    `${IMPORT}import type { Config } from 'jest';\n\nconst config: Config = { a: 1 };\nexport default withTestmon(config);\n`,
  ],
  [
    "import type { Config } from 'jest';\nexport default { a: ';' } satisfies Config\nconst after: number = 1;",
    `${IMPORT}import type { Config } from 'jest';\nexport default withTestmon({ a: ';' } satisfies Config)\nconst after: number = 1;`,
  ],
  [
    '/** @jest-config-loader ts-node */\nexport default async (): Promise<Config> => {\n  const x = 1;\n  return { x };\n};\n',
    `/** @jest-config-loader ts-node */\n${IMPORT}\nexport default withTestmon(async (): Promise<Config> => {\n  const x = 1;\n  return { x };\n});\n`,
  ],
  ['module.exports = {} as Config;', `${REQUIRE}module.exports = withTestmon({} as Config);`],
])('TypeScript: %j', (source, expected) => {
  expect(wrapConfigSource(source, true)).toBe(expected);
});

test.each([
  ['module.exports = {}; module.exports.b = 1;', false],
  ['exports.testTimeout = 1;', false],
  ['if (x) module.exports = {}; else module.exports = {};', false],
  ['export { config as default };', false],
  ['export default (0, {});', false],
  ['this is no JavaScript', false],
  ['export default class {}', true],
  ['export = {};', true],
  ['module.exports = {};\nmodule.exports.b = 1;', true],
])('is left alone: %j', (source, typescript) => {
  expect(() => wrapConfigSource(source, typescript)).toThrow(UnclearSourceError);
});

test.each([
  ['{ "jest": { "a": 1 } }', '{  }', '{ "a": 1 }'],
  [
    '{\n  "name": "x",\n  "jest": {\n    "a": [1]\n  },\n  "b": 2\n}\n',
    '{\n  "name": "x",\n  "b": 2\n}\n',
    '{\n  "a": [1]\n}',
  ],
  ['{\n  "jest": {},\n  "b": 2\n}', '{\n  "b": 2\n}', '{}'],
])('the key in %j', (text, rest, json) => {
  expect(takeJestKey(text)).toEqual({ rest, json });
  expect(takeJestKey(rest)).toBe(null);
});
