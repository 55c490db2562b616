import eslint from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The rooms of `src/`, and what each may import. Nothing points back up. */
const ROOMS = {
  blocks: ['records'],
  coverage: ['blocks', 'records'],
  records: [],
  selection: ['records'],
  terminal: [],
  machine: ['terminal'],
  dependencies: ['machine', 'records', 'terminal'],
  store: ['records', 'terminal'],
  'shared-store': ['config', 'machine', 'records', 'store', 'terminal'],
  run: [
    'blocks',
    'coverage',
    'dependencies',
    'machine',
    'records',
    'selection',
    'store',
    'terminal',
  ],
  'compile-cache': ['machine', 'run', 'terminal'],
  interception: [
    'blocks',
    'compile-cache',
    'dependencies',
    'machine',
    'records',
    'run',
    'terminal',
  ],
  transform: ['blocks', 'dependencies', 'interception', 'machine', 'records', 'run', 'terminal'],
  recording: [
    'blocks',
    'compile-cache',
    'coverage',
    'dependencies',
    'interception',
    'records',
    'run',
    'store',
    'terminal',
    'transform',
  ],
  config: ['dependencies', 'run', 'terminal'],
  workspace: [
    'blocks',
    'config',
    'dependencies',
    'machine',
    'records',
    'run',
    'store',
    'terminal',
    'transform',
  ],
  controller: [
    'config',
    'coverage',
    'dependencies',
    'records',
    'run',
    'selection',
    'shared-store',
    'store',
    'terminal',
    'workspace',
  ],
};

/** Pure rooms: neither Jest nor the file system. */
const PURE = ['blocks', 'coverage', 'records', 'selection'];

export default tseslint.config(
  {
    ignores: ['dist*/', 'coverage/', 'node_modules/', '**/fixtures/', 'examples/', 'bench/micro/'],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './src/report/page/tsconfig.json'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      // The module cache and the environment are tables with computed keys.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Node's own globals and Jest's objects are looked at defensively on purpose.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts'] })],
    },
    rules: {
      'max-lines': ['error', 350],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: Object.entries(ROOMS).map(([room, allowed]) => ({
            target: `./src/${room}`,
            from: './src',
            except: [room, ...allowed].map((name) => `./${name}`),
            message: `src/${room} may import from ${allowed.join(', ') || 'nowhere else'} alone.`,
          })),
        },
      ],
    },
  },
  {
    files: PURE.map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['jest', 'jest-*', '@jest/*', 'fs', 'fs/*', 'node:fs', 'node:fs/*'] },
      ],
    },
  },
  { files: ['**/*.mjs', '**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
