import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { transformSync } from 'esbuild';
import { asksForDebug } from '../../src/terminal/debug';

describe('asksForDebug', () => {
  it.each([
    'testmon:*',
    'testmon:store',
    '*',
    'express:*, testmon:run',
    'test*',
    'testmon*',
    '*:*',
  ])('is true for %s', (value) => expect(asksForDebug(value)).toBe(true));

  it.each([undefined, '', 'express:*', 'jest', '-testmon:*', 'testmonkey', 'test', 'mocha*'])(
    'is false for %s',
    (value) => expect(asksForDebug(value)).toBe(false),
  );
});

describe('DEBUG', () => {
  const module = path.join(__dirname, '../../src/terminal/debug.ts');
  const { code } = transformSync(readFileSync(module, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    define: { __filename: JSON.stringify(module) },
  });
  const program = `${code}
    debug('store')('read %s', 'a record');
    swallowed('run', new TypeError('gone'), 'reading 100 % of it');
    console.log(Object.keys(require.cache).some((file) => /node_modules.debug./.test(file)));
  `;

  function run(value: string): { stdout: string; stderr: string } {
    return spawnSync(process.execPath, ['-e', program], {
      encoding: 'utf8',
      env: { ...process.env, DEBUG: value },
    });
  }

  it('writes the messages of an area, and a swallowed error with its stack', () => {
    const { stderr, stdout } = run('testmon:*');
    expect(stderr).toMatch(/testmon:store read a record/);
    expect(stderr).toMatch(/testmon:run reading 100 % of it: TypeError: gone\n\s+at /);
    expect(stdout).toBe('true\n');
  });

  it('writes the areas alone that are asked for', () => {
    expect(run('testmon:store').stderr).toMatch(/testmon:store read a record\n$/);
  });

  it('loads nothing where others are asked for', () => {
    expect(run('express:*')).toMatchObject({ stderr: '', stdout: 'false\n' });
  });
});
