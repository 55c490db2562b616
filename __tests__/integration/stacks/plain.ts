import { SIGN, TYPESCRIPT_EDITS, type Stack } from './stack';

/** Transformers and environments. */
export const PLAIN: Record<string, Stack> = {
  sucrase: {
    packages: ['@sucrase/jest-plugin', 'sucrase'],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '@sucrase/jest-plugin' } };\n",
      ...SIGN,
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
  'happy-dom': {
    packages: ['@happy-dom/jest-environment', 'happy-dom', '@swc/jest', '@swc/core'],
    files: {
      'jest.config.js':
        "module.exports = { testEnvironment: '@happy-dom/jest-environment', transform: { '\\\\.ts$': '@swc/jest' } };\n",
      ...SIGN,
      '__tests__/page.test.ts':
        "import { sign } from '../src/sign';\ntest('page', () => { document.body.textContent = sign(1); expect(document.body.innerHTML).toBe('plus'); });\n",
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
  esbuild: {
    packages: ['esbuild'],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '<rootDir>/esbuild.js' } };\n",
      'esbuild.js': `const { transformSync } = require('esbuild');
module.exports = {
  process: (text, file) => transformSync(text, { loader: 'ts', format: 'cjs', target: 'node20', sourcefile: file, sourcemap: 'inline' }),
};\n`,
      ...SIGN,
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
};
