// Shows jest-testmon at work on the example shop: each step prints what was done, Jest's real output, and whether
// the selection was the right one. Exits with 1 where it was not. With `--by-hand`, plain Jest runs with two keys in its
// config and eight workers.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'testmon-demo-'));
const shop = join(base, 'shop');
const byHand = process.argv.includes('--by-hand');
const args = byHand ? ['--maxWorkers=8'] : ['--maxWorkers=2'];
const command = byHand
  ? ['npx jest', 'node_modules/jest/bin/jest.js']
  : ['npx jest-testmon', 'dist/cli.js'];
let wrong = 0;

cpSync(join(repository, 'examples/shop'), shop, { recursive: true });
mkdirSync(join(shop, 'node_modules'));
for (const name of ['jest', 'ts-jest', 'typescript', '@types']) {
  symlinkSync(join(repository, 'node_modules', name), join(shop, 'node_modules', name), 'junction');
}

function edit(file, from, to) {
  const path = join(shop, file);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(from)) throw new Error(`${file} does not contain ${from}`);
  writeFileSync(path, before.replace(from, to));
}

function step(title, why, expected, variables = {}) {
  const shown = Object.entries(variables).map(([name, value]) => `${name}=${value} `);
  console.log(`\n━━ ${title}\n   ${why}\n\n$ ${shown.join('')}${command[0]} ${args.join(' ')}`);
  const { stderr, status } = spawnSync(process.execPath, [join(repository, command[1]), ...args], {
    cwd: shop,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...variables },
  });
  console.log(stderr.trimEnd());
  const ran = [...stderr.matchAll(/^(?:PASS|FAIL) __tests__\/(\S+)\.test\.ts/gm)]
    .map(([, name]) => name)
    .sort();
  const right =
    ran.length === expected.ran.length &&
    expected.ran.every((name, i) => name === ran[i]) &&
    status === expected.status &&
    !/readonly|SQLITE/i.test(stderr);
  if (!right) wrong += 1;
  console.log(
    `\n${right ? '✓' : '✗'} ran ${ran.length === 0 ? 'nothing' : ran.join(', ')}; exit code ${status}`,
  );
}

/** Writes the two keys into the config, and a package that all test files of `stock` use. */
function writeKeys() {
  edit(
    'jest.config.js',
    "testEnvironment: 'node'",
    "globalSetup: 'jest-testmon/global-setup', testEnvironment: 'jest-testmon/environment-node'",
  );
  symlinkSync(repository, join(shop, 'node_modules/jest-testmon'), 'junction');
  edit('__tests__/stock.test.ts', 'import ', "import 'parts';\nimport ");
  writePackage('1.0.0');
}

function writePackage(version) {
  const folder = join(shop, 'node_modules/parts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'parts', version }));
  writeFileSync(join(folder, 'index.js'), '');
  writeFileSync(join(folder, 'index.d.ts'), 'export {};\n');
}

const every = [
  'cart',
  'catalog',
  'discounts',
  'dollars',
  'money',
  'order',
  'receipt',
  'search',
  'shipping-abroad',
  'shipping-home',
  'stock',
  'tax',
];

try {
  if (byHand) writeKeys();
  step('The first run', 'Nothing is recorded, so everything runs.', { ran: every, status: 0 });
  step('Nothing changed', 'Every test file has a passing record that matches.', {
    ran: [],
    status: 0,
  });

  edit('src/shipping.ts', 'euros(12 + Math.ceil(weight))', 'euros(12 + Math.round(weight + 0.5))');
  step(
    'An edit in one branch',
    'Only shipping-abroad ever shipped to CH; the other tests of shipping.ts never ran this branch.',
    {
      ran: ['shipping-abroad'],
      status: 0,
    },
  );

  edit('src/money.ts', '/** An amount in whole cents', '/** An amount, in whole cents');
  step('An edit of a comment', 'Comments, formatting and types are no part of what runs.', {
    ran: [],
    status: 0,
  });

  edit('src/discounts.ts', 'multiply(subtotal, 0.1)', 'multiply(subtotal, 0.15)');
  step(
    'A mistake',
    'The branch of the code WELCOME ran in discounts and in order: both run, and fail.',
    {
      ran: ['discounts', 'order'],
      status: 1,
    },
  );
  step('The mistake is still there', 'What failed stays selected, though nothing changed.', {
    ran: ['discounts', 'order'],
    status: 1,
  });

  edit('src/discounts.ts', 'multiply(subtotal, 0.15)', 'multiply(subtotal, 0.1)');
  step('The fix', 'What failed runs once more.', { ran: ['discounts', 'order'], status: 0 });
  step('Nothing changed again', 'Back to green.', { ran: [], status: 0 });

  if (byHand) {
    writePackage('1.0.1');
    step(
      'A changed package, in an environment that does not exist yet',
      'The controller creates the environment before any of the eight workers starts; they only read the database.',
      { ran: every, status: 0 },
      { TESTMON_ENV: 'staging' },
    );
    step('The same change in the first environment', 'Only stock uses the package.', {
      ran: ['stock'],
      status: 0,
    });
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}

console.log(
  wrong === 0
    ? '\nEvery selection was the right one.'
    : `\n${wrong} selections were not the expected ones.`,
);
process.exitCode = wrong === 0 ? 0 : 1;
