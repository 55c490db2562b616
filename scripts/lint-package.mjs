// Checks the built package as npm would publish it: `publint` its entries and files, `attw` its types.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-package-'));

try {
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  const [{ filename }] = JSON.parse(packed);
  const tarball = path.join(folder, filename);
  check('publint', ['run', '--strict', tarball]);
  // The plug points are named in Jest's config, never resolved by the oldest way, which knows no `exports`.
  check('@arethetypeswrong/cli', ['--profile', 'node16', '--format', 'table-flipped', tarball]);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Runs the one command of a package. */
function check(name, args) {
  const manifest = findManifest(name);
  const { bin } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const [script] = typeof bin === 'string' ? [bin] : Object.values(bin);
  const command = path.join(path.dirname(manifest), script);
  const { status } = spawnSync(process.execPath, [command, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** A package's package.json, whether or not it exports it. */
function findManifest(name) {
  const found = require.resolve
    .paths(name)
    .map((place) => path.join(place, name, 'package.json'))
    .find((manifest) => fs.existsSync(manifest));
  if (found === undefined) throw new Error(`${name} is not installed.`);
  return found;
}
