import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Project } from '../harness';

jest.setTimeout(300_000);

const REPOSITORY = path.resolve(__dirname, '../../..');
const SHARDS = [1, 2, 3, 4];
const TESTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** What each service sets in a run of the main branch, of a pull request, and in one of its shards. */
const SERVICES = {
  'GitHub Actions': {
    steps: (text: string) => [...text.matchAll(/run: (.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ SHARD: String(nth) }),
    main: {
      GITHUB_ACTIONS: 'true',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: 'main',
    },
    request: {
      GITHUB_ACTIONS: 'true',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_BASE_REF: 'main',
      GITHUB_HEAD_REF: 'edit',
    },
  },
  GitLab: {
    steps: (text: string) => [...text.matchAll(/^ {4}- (n.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ CI_NODE_INDEX: String(nth), CI_NODE_TOTAL: '4' }),
    main: { GITLAB_CI: 'true', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' },
    request: {
      ...{ GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main', CI_MERGE_REQUEST_IID: '7' },
      ...{
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'edit',
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      },
    },
  },
  CircleCI: {
    steps: (text: string) => [...text.matchAll(/run: (.*)$/gm)].map(([, step = '']) => step),
    shard: (nth: number) => ({ CIRCLE_NODE_INDEX: String(nth - 1), CIRCLE_NODE_TOTAL: '4' }),
    main: { CIRCLECI: 'true', CIRCLE_BRANCH: 'main' },
    request: {
      ...{ CIRCLECI: 'true', CIRCLE_BRANCH: 'edit' },
      CIRCLE_PULL_REQUEST: 'https://example.com/owner/name/pull/7',
    },
  },
};

const made: Project[] = [];
afterEach(() => made.splice(0).forEach((project) => project.remove()));

/** A clone in a folder of its own. */
function clone(edit: Record<string, string> = {}): Project {
  const files = TESTS.flatMap((name, index) => [
    [`${name}.js`, `exports.${name} = () => ${index};\n`],
    [
      `${name}.test.js`,
      `test('${name}', () => expect(require('./${name}').${name}()).toBe(${index}));\n`,
    ],
  ]);
  const project = new Project({
    ...(Object.fromEntries(files) as Record<string, string>),
    ...edit,
  });
  made.push(project);
  fs.symlinkSync(REPOSITORY, project.path('node_modules/jest-testmon'), 'dir');
  fs.mkdirSync(project.path('node_modules/.bin'));
  fs.symlinkSync('../jest-testmon/dist/cli.js', project.path('node_modules/.bin/jest-testmon'));
  return project;
}

/** The recipe for a service, as the page shows it. */
function recipe(service: string): string {
  const page = fs.readFileSync(path.join(REPOSITORY, 'docs/ci.md'), 'utf8');
  const [, section = ''] = page.split('\n## One store for all machines\n');
  const text = section.slice(section.search(new RegExp(`^${service}\\b`, 'm')));
  return /```yaml\n([^]*?)```/.exec(text)?.[1] ?? '';
}

describe.each(Object.entries(SERVICES))(
  'the recipe for %s',
  (name, { steps, shard, main, request }) => {
    // Installing is what a clone has behind it.
    const commands = steps(recipe(name)).filter((step) => !step.startsWith('npm ci'));

    /** Four machines without anything, each with a clone, at once as far as it matters. */
    function pipeline(edit: Record<string, string>, share: string, variables: NodeJS.ProcessEnv) {
      const ran: string[] = [];
      let failed = 0;
      for (const nth of SHARDS) {
        const project = clone(edit);
        for (const command of commands) {
          const shell = command.replace('${{ matrix.shard }}', '$SHARD');
          const { status, stderr } = spawnSync('bash', ['-e', '-c', shell], {
            cwd: project.root,
            encoding: 'utf8',
            env: {
              ...project.environment(),
              ...{ CI: 'true', TESTMON_SHARED: `file://${share}`, ...variables, ...shard(nth) },
            },
          });
          ran.push(
            ...[...stderr.matchAll(/^(?:PASS|FAIL) \.?\/?(\w)\.test\.js/gm)].map(
              ([, test = '']) => test,
            ),
          );
          if (status !== 0) failed++;
        }
        project.remove();
      }
      return { ran: ran.sort(), failed };
    }

    it('lets a pull request run what it affects, over four fresh shards', () => {
      expect(commands).toEqual([expect.stringMatching(/^npx jest-testmon --shard=.*4|TOTAL/)]);
      const share = path.join(path.dirname(clone().root), 'share');
      fs.mkdirSync(share);
      expect(pipeline({}, share, main)).toEqual({ ran: TESTS, failed: 0 });
      const edit = { 'b.js': 'exports.b = () => 0 + 1;\n', 'g.js': 'exports.g = () => 9;\n' };
      expect(pipeline(edit, share, request)).toEqual({ ran: ['b', 'g'], failed: 1 });
    });
  },
);
