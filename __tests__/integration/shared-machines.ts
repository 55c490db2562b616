import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { Project, type RunOptions, type RunResult } from './harness';

const TEST_A = "test('a', () => expect(require('./a').a()).toBe(1));";
const TEST_B = "test('b', () => expect(require('./b').b()).toBe(2));";
const FILES = {
  'a.js': 'exports.a = () => 1;',
  'b.js': 'exports.b = () => 2;',
  'a.test.js': TEST_A,
  'b.test.js': TEST_B,
};

/** What GitHub says of a push to the main branch. */
export const MAIN = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'main',
};

let machines: Project[];
let shared: string;

/** The folder that the machines of a test share. */
export function share(): string {
  return shared;
}

beforeEach(() => {
  machines = [];
  // Beside the project, in a folder that is removed with it.
  shared = path.join(path.dirname(machine().root), 'share');
  fs.mkdirSync(shared);
});
afterEach(() => machines.splice(0).forEach((project) => project.remove()));

/** A machine with a checkout of its own, and no database. */
export function machine(files: Record<string, string> = {}): Project {
  const project = new Project({ ...FILES, ...files });
  machines.push(project);
  return project;
}

export function run(project: Project, options: RunOptions = {}, args: string[] = []): RunResult {
  return project.run(args, {
    ...options,
    env: { TESTMON_SHARED: `file://${shared}`, ...options.env },
  });
}

/** As CI runs on the main branch. */
export function runOnMain(
  project: Project,
  env: NodeJS.ProcessEnv = {},
  args: string[] = [],
): RunResult {
  return run(project, { env: { ...MAIN, ...env } }, args);
}

export function bundles(scope = 'main'): string[] {
  const folder = path.join(shared, 'bundles', encodeURIComponent(scope));
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

export function bundle(scope = 'main'): string {
  const [file, ...others] = bundles(scope);
  if (file === undefined || others.length > 0) throw new Error(`not one bundle in ${scope}`);
  return file;
}
