import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';

jest.setTimeout(120_000);

const REPOSITORY = path.resolve(__dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-comments-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const LINES = '  // It is one of "these".\n'.repeat(400);
const BLOCKS = '  /* It is * one of these. */\n'.repeat(400);
const BOTH = `${LINES}${BLOCKS}`;

/**
 * What is asked of a source in a process of its own: a regular expression that backtracks without end cannot be
 * stopped in this one.
 */
function ask(source: string): { status: number | null; found: unknown } {
  const file = path.join(folder, 'source.ts');
  fs.writeFileSync(file, source);
  fs.writeFileSync(path.join(folder, 'level.ts'), 'export const enum Level { One = 1 }\n');
  const script = `
    const { compiledWith } = require('./src/transform/inlined-sources');
    const { importedFiles } = require('./src/dependencies/resolution/imports');
    const file = ${JSON.stringify(file)};
    const code = require('fs').readFileSync(file, 'utf8');
    importedFiles(code, ${JSON.stringify(folder)}, []);
    console.log(JSON.stringify(compiledWith(code, file, null).inlined));`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', '-e', script],
    { cwd: REPOSITORY, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, found: status === 0 ? JSON.parse(stdout) : null };
}

describe('a source with many comments', () => {
  it.each([
    ['among members of a type', `export interface Options {\n${BOTH}  a: string;\n}\n`],
    ['after export', `export /* a */ ${BLOCKS} abstract class A {}\n`],
    ['in a clause without an end', `export {\n${BOTH}  a,\n`],
    ['in an enum with an open quote', `enum A {\n${BOTH}  One = 'one\n`],
    ['behind import', `import ${BLOCKS} x\nimport(\n${BOTH} x);\nrequire${BLOCKS}.x;\n`],
    ['behind from', `export { a } from ${BLOCKS} x;\n`],
  ])('is read where they stand %s', (_where, source) => {
    expect(ask(source)).toEqual({ status: 0, found: [] });
  });

  it('has its imports found behind them', () => {
    const source = `import {\n${BOTH}  Level,\n} from /* here */ './level';\nexport enum Own {\n${BOTH}  A = Level.One / 1,\n}\n`;
    expect(ask(source)).toEqual({
      status: 0,
      found: [expect.stringMatching(/level\.ts$/)],
    });
  });
});
