import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { type OptionTable, readArguments } from '../../src/config/arguments';
import { readCommandLine } from '../../src/config/command-line';

// The Jest that runs these tests brings it, under a name that only Jest itself depends on.
const nearJest = createRequire(createRequire(__filename).resolve('jest'));
const { yargsOptions } = nearJest('jest-cli') as { yargsOptions: OptionTable };

const read = (...args: string[]) => readCommandLine(readArguments(args, yargsOptions));

describe('readCommandLine', () => {
  test.each([
    [['-t', 'x'], ['-t']],
    [['--testNamePattern=x'], ['--testNamePattern']],
    [['-iu'], ['-u']],
    [['--findRelatedTests', 'a.js'], ['--findRelatedTests']],
    [['--runTestsByPath', 'a.test.js'], ['--runTestsByPath']],
    [['-f', '--coverage'], ['-f']],
  ])('%j names what is to run', (args, names) => {
    expect(read(...args).namesTests).toEqual(names);
  });

  test.each([
    [['src/a']],
    [['--watch']],
    [['--coverage']],
    [['--coverage=false']],
    [['--no-coverage']],
    [['-t', '']],
    [['-o']],
  ])('%j leaves selection on', (args) => {
    expect(read(...args).namesTests).toEqual([]);
  });

  test('reads what messages and modes depend on', () => {
    const args = [
      'a',
      '--json',
      '--silent',
      '--listTests',
      '--shard=2/3',
      '--watchAll',
      '--no-passWithNoTests',
    ];
    expect(read(...args, '--', 'b')).toMatchObject({
      patterns: ['a', 'b'],
      json: true,
      silent: true,
      listTests: true,
      shard: '2/3',
      watch: false,
      watchAll: true,
      passWithNoTests: false,
      coverage: null,
      coverageProvider: null,
    });
  });
});
