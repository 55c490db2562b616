import { expect, test } from '@jest/globals';
import { describeCause } from '../../src/inspection/causes';
import type { DependencyKind } from '../../src/records/types';

const CASES: [DependencyKind, string, string, string | null, string][] = [
  ['file', 'a.json', 'hash', 'there', 'the file a.json changed'],
  ['file', 'a.json', 'hash', null, 'the file a.json is gone'],
  ['absent', 'a.json', '', null, 'a.json exists now, and did not before'],
  ['present', 'a', 'file', null, 'a is gone'],
  ['present', 'a', 'file', 'there', 'a is now something else'],
  ['present', 'a', '-> b', 'there', 'a leads elsewhere'],
  ['present', 'a', 'file 7', 'there', 'a has other permissions, or is or was a link'],
  ['listing', 'data', 'hash', null, 'the folder data/ has other entries'],
  ['package', 'node_modules/x', '1.0.0', '1.1.0', 'the package x went from 1.0.0 to 1.1.0'],
  ['package', 'node_modules/x', '1.0.0', '', 'the package x is no longer installed'],
  [
    'package',
    'node_modules/x',
    '1.0.0',
    '1.0.0+patch',
    'the package x 1.0.0 has other content, another patch, or finds other packages',
  ],
  [
    'package',
    'node_modules/x',
    '+0123456789abcdef',
    '+fedcba9876543210',
    'the package x has other content, another patch, or finds other packages',
  ],
  [
    'package',
    'node_modules/x.js',
    '0123456789abcdef',
    '',
    'the package x.js is no longer installed',
  ],
  ['package', 'node_modules/x', '', '0123456789abcdef', 'the package x was installed'],
  ['variable', 'TZ', 'hash', null, 'the environment variable TZ has another value'],
  ['variable', '', 'hash', null, 'other environment variables are set'],
  ['manifest', 'a/package.json', 'hash', null, 'a/package.json is gone'],
  ['pragmas', 'a.test.js', 'hash', null, 'the docblock of a.test.js changed'],
  ['always', 'a.test.js', '', null, 'a.test.js asks to run always'],
  ['always', '', '', null, 'what it did to the file system could not be recorded'],
  ['declared', 'a.ts', 'x', null, 'a.ts, which other files are compiled with, is gone'],
  [
    'declared',
    'a.ts',
    'x',
    'there',
    'a.ts, which other files are compiled with, declares other names or types',
  ],
];

test.each(CASES)('a change of a %s (%s) is told in words', (kind, name, value, now, text) => {
  expect(describeCause({ kind, name, value }, now)).toEqual({ kind, name, text });
});
