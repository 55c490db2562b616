import { expect, test } from '@jest/globals';
import { hidesNode } from '../../src/interception/commands/hidden-node';

test.each([
  'env -i node x.js',
  '/usr/bin/env -i PATH=/bin node x.js',
  'env - node x.js',
  'env -S -i node x.js',
  'env --ignore-environment ./bin/tool',
  'env -u NODE_OPTIONS node x.js',
  'env --unset=NODE_OPTIONS node x.js',
  'NODE_OPTIONS=--no-warnings npm test',
  'cd x && NODE_OPTIONS= node x.js',
  'export NODE_OPTIONS="--no-warnings"; ./run.js',
  'unset A NODE_OPTIONS; npx tsx x.ts',
  'sudo node x.js',
])('%s hides Node', (text) => {
  expect(hidesNode(text)).toBe(true);
});

test.each([
  'node x.js',
  'NODE_ENV=test node x.js',
  'cross-env CI=1 jest -i --silent',
  'env COLOUR=red grep -i text x.js',
  'echo $NODE_OPTIONS; node x.js',
  'NODE_OPTIONS="$NODE_OPTIONS --no-warnings" node x.js',
  'export NODE_OPTIONS="--no-warnings ${NODE_OPTIONS}" && node x.js',
  'env -i ls',
  'sudo ls',
])('%s does not', (text) => {
  expect(hidesNode(text)).toBe(false);
});
