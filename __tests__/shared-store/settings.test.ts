import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { normaliseOptions } from '../../src/config/options';
import { sharedSettings } from '../../src/shared-store/settings';

const URL = 'file:///mnt/share';

/** The scopes that a machine reads, and the one that it writes. */
function scopes(env: NodeJS.ProcessEnv, option: Parameters<typeof sharedSettings>[0] = URL) {
  const { read, write } = sharedSettings(option, env) ?? {};
  return { read, write };
}

function githubEvent(event: unknown): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-event-')), 'event.json');
  fs.writeFileSync(file, JSON.stringify(event));
  return file;
}

const GITHUB = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'us/app' };
const PULL_REQUEST = {
  ...GITHUB,
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_REF: 'refs/pull/123/merge',
  GITHUB_HEAD_REF: 'fix',
  GITHUB_BASE_REF: 'main',
};
const from = (name: string) => ({
  repository: { default_branch: 'main' },
  pull_request: { head: { repo: { full_name: name } } },
});

describe('scopes', () => {
  it.each<[string, NodeJS.ProcessEnv, { read: string[]; write: string | null }]>([
    ['a laptop reads what main recorded', {}, { read: ['main'], write: null }],
    [
      'a pull request on GitHub',
      { ...PULL_REQUEST, GITHUB_EVENT_PATH: githubEvent(from('us/app')) },
      { read: ['pr/123', 'main'], write: 'pr/123' },
    ],
    [
      'one from a fork',
      { ...PULL_REQUEST, GITHUB_EVENT_PATH: githubEvent(from('them/app')) },
      { read: ['pr/123', 'main'], write: null },
    ],
    [
      'one whose event cannot be read',
      { ...PULL_REQUEST, GITHUB_EVENT_PATH: '/nowhere' },
      { read: ['pr/123', 'main'], write: null },
    ],
    [
      'the default branch of another name',
      {
        ...GITHUB,
        GITHUB_REF: 'refs/heads/develop',
        GITHUB_REF_TYPE: 'branch',
        GITHUB_REF_NAME: 'develop',
        GITHUB_EVENT_PATH: githubEvent({ repository: { default_branch: 'develop' } }),
      },
      { read: ['main'], write: 'main' },
    ],
    [
      'a branch',
      { ...GITHUB, GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'feature/a' },
      { read: ['branch/feature/a', 'main'], write: 'branch/feature/a' },
    ],
    ['a tag', { ...GITHUB, GITHUB_REF_TYPE: 'tag' }, { read: ['main'], write: null }],
    [
      'a merge request to a release on GitLab',
      {
        GITLAB_CI: 'true',
        CI_MERGE_REQUEST_IID: '7',
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'release/2',
        CI_DEFAULT_BRANCH: 'trunk',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '1',
      },
      { read: ['pr/7', 'branch/release/2', 'main'], write: 'pr/7' },
    ],
    [
      'one from a fork on GitLab',
      {
        GITLAB_CI: 'true',
        CI_MERGE_REQUEST_IID: '7',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '2',
      },
      { read: ['pr/7', 'main'], write: null },
    ],
    [
      'CircleCI',
      { CIRCLECI: 'true', CIRCLE_PULL_REQUEST: 'https://github.com/us/app/pull/9' },
      { read: ['pr/9', 'main'], write: 'pr/9' },
    ],
    [
      'a branch on Buildkite',
      {
        BUILDKITE: 'true',
        BUILDKITE_PULL_REQUEST: 'false',
        BUILDKITE_BRANCH: 'master',
        BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'master',
      },
      { read: ['main'], write: 'main' },
    ],
    [
      'Azure Pipelines',
      {
        TF_BUILD: 'True',
        SYSTEM_PULLREQUEST_PULLREQUESTID: '4',
        SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
        SYSTEM_PULLREQUEST_ISFORK: 'True',
      },
      { read: ['pr/4', 'main'], write: null },
    ],
    ['Jenkins', { JENKINS_URL: 'x', CHANGE_ID: '5' }, { read: ['pr/5', 'main'], write: 'pr/5' }],
    ['a CI that says nothing', { CI: '1' }, { read: ['main'], write: null }],
    [
      'a branch whose name no scope can have',
      { ...GITHUB, GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: '.. odd' },
      {
        read: [expect.stringMatching(/^branch\/[\da-f]{20}$/) as unknown as string, 'main'],
        write: expect.stringMatching(/^branch\/[\da-f]{20}$/) as unknown as string,
      },
    ],
  ])('%s', (_name, env, wanted) => {
    expect(scopes(env)).toEqual(wanted);
  });

  it('are what the option says', () => {
    const option = { url: URL, scope: 'nightly', base: 'trunk', write: true };
    expect(scopes({}, option)).toEqual({ read: ['nightly', 'trunk'], write: 'nightly' });
    expect(scopes({ ...GITHUB }, { url: URL, write: false, scope: 'a' }).write).toBeNull();
  });
});

describe('the option', () => {
  it('takes the URL of the variable, and the rest of the config', () => {
    const given = { shared: { url: URL, scope: 'a', publicKey: 'k' } };
    const { options } = normaliseOptions(given, { TESTMON_SHARED: 's3://bucket/x' });
    expect(options.shared).toEqual({ url: 's3://bucket/x', scope: 'a', publicKey: 'k' });
    expect(normaliseOptions(given, { TESTMON_SHARED: 'off' }).options.shared).toBe('off');
  });

  it.each([
    'http://user:hunter2@host/',
    { url: 'postgres://user:hunter2@host/db', scope: '../up' },
    { url: 'postgres://user:hunter2@host/db', scop: 'a' },
  ])('is refused without a word of what was given', (shared) => {
    const { options, problems } = normaliseOptions({ shared }, {});
    expect(options.shared).toBe('off');
    expect(problems.join()).toMatch(/shared must be 'off', a URL/);
    expect(problems.join()).not.toContain('hunter2');
    const variable = normaliseOptions({}, { TESTMON_SHARED: 'http://user:hunter2@host/' });
    expect(variable.problems.join()).toMatch(/TESTMON_SHARED must be/);
    expect(variable.problems.join()).not.toContain('hunter2');
  });
});
