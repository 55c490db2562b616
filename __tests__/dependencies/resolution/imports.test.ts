import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { importedFiles } from '../../../src/dependencies/resolution/imports';

let folder: string;

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'imports-')));
  for (const name of ['a.js', "it's.js", 'a(b).js']) fs.writeFileSync(path.join(folder, name), '');
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

describe('imported files', () => {
  test.each([
    ['a static import', `import './a'`],
    ['a re-export', `export * from "./a.js"`],
    ['a name in quotes', `import { 'x y' as z } from './a'`],
    ['a call', `require('./a')`],
    ['a template', 'await import(`./a.js`)'],
    ['a comment before the text', `import(/* a ')' here */ './a')`],
    ['three parentheses deep', `require(first((second(('./a')))))`],
    ['a parenthesis in another text', `require(choose(')', './a'))`],
    ['a regular expression before the text', `require(path.replace(/\\(/, '') || './a')`],
    ['an escaped letter in a call', String.raw`require('./\u0061')`],
    ['an escaped letter in an import', String.raw`import './\x61.js'`],
    ['a line that goes on', "require('./\\\na')"],
    ['resolution alone', `require.resolve('./a')`],
    ['an optional call', `require?.('./a')`],
  ])('%s', (_name, source) => {
    expect(importedFiles(source, folder)).toEqual([path.join(folder, 'a.js')]);
  });

  test.each([
    ["it's.js", String.raw`import x from './it\'s.js'`],
    ["it's.js", `require("./it's.js")`],
    ['a(b).js', `require('./a(b).js')`],
  ])('%s by %s', (name, source) => {
    expect(importedFiles(source, folder)).toEqual([path.join(folder, name)]);
  });

  test('what follows the closing parenthesis does not count', () => {
    expect(importedFiles(`require('node:fs'); const text = './a';`, folder)).toEqual([]);
  });
});
