import * as fs from 'node:fs';
import * as path from 'node:path';
import { reporter, type Finding } from './finding';

interface Workflow {
  file: string;
  text: string;
  service: 'github' | 'gitlab' | 'circleci';
}

const RUNS_TESTS = /\bjest\b|\b(npm|yarn|pnpm|bun)( run)? (test|t)\b/;

/** Parts of a cache key that differ in every run, in the syntax of GitHub Actions and CircleCI. */
const CHANGES = /sha|run_id|run_number|\.Revision|epoch|CIRCLE_SHA1|workflow/i;

/**
 * Checks whether the workflows that run tests keep the database between runs.
 * @param root Absolute path of the project. Workflows are there or in a parent folder.
 */
export function checkCi(root: string): Finding[] {
  const found = reporter('CI cache');
  const workflows = findWorkflows(root).filter(({ text }) => RUNS_TESTS.test(text));
  if (workflows.length === 0) return [found.ok('no workflow that runs tests was found')];
  return workflows.map(({ file, text, service }) => {
    if (!/testmon/i.test(text) || !/cache/i.test(text))
      return found.warning(
        `${file} runs tests and keeps no .testmondata, so each of its runs runs everything`,
        `"npx jest-testmon init --ci ${service}" writes a set-up with cache and shards`,
      );
    const fixed = service === 'gitlab' ? undefined : fixedKey(text);
    return fixed === undefined
      ? found.ok(`${file} keeps the database`)
      : found.warning(
          `${file} caches the database under the key ${fixed}, which is always the same: it is saved once and never again`,
          service === 'github'
            ? 'add ${{ github.run_id }} to the key, and a restore-keys entry without it'
            : 'add {{ .Revision }} to the key, and restore by the key without it',
        );
  });
}

/** Returns a cache key for the database that is the same in every run, if there is one. */
function fixedKey(text: string): string | undefined {
  const keys = [...text.matchAll(/^\s*(?:-\s*)?key:\s*(.*testmon.*)$/gim)].map(([, key = '']) =>
    key.trim(),
  );
  return keys.length > 0 && !keys.some((key) => CHANGES.test(key)) ? keys[0] : undefined;
}

function findWorkflows(root: string): Workflow[] {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const found = workflowsIn(folder);
    const isTop = fs.existsSync(path.join(folder, '.git')) || folder === path.dirname(folder);
    if (found.length > 0 || isTop) return found;
  }
}

function workflowsIn(folder: string): Workflow[] {
  const github = '.github/workflows';
  const names: [string, Workflow['service']][] = [
    ...list(path.join(folder, github))
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name): [string, 'github'] => [`${github}/${name}`, 'github']),
    ['.gitlab-ci.yml', 'gitlab'],
    ['.circleci/config.yml', 'circleci'],
  ];
  return names.flatMap(([file, service]) => {
    try {
      return [{ file, service, text: fs.readFileSync(path.join(folder, file), 'utf8') }];
    } catch {
      // The project does not use this service.
      return [];
    }
  });
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    // There is no such folder.
    return [];
  }
}
