import * as fs from 'node:fs';

/** What a CI service says of the run at hand. */
export interface CiPlace {
  /** The number of the pull request; null where it is none. */
  pullRequest: string | null;
  /** Of the commit, or of the one that the pull request comes from; null where that is not said. */
  branch: string | null;
  /** The branch that the pull request goes to. */
  target: string | null;
  /** Whether the code comes from a fork, whose author may be anyone. */
  isFork: boolean;
  /** The repository's default branch, where the service says so. */
  defaultBranch: string | null;
}

type Variables = NodeJS.ProcessEnv;

/** A CI service: the variable that is set in each of its runs, and what the others say. */
interface Service {
  sign: string;
  read(env: Variables): Partial<CiPlace>;
}

/** What the services document of their variables. The first whose sign is there is the one. */
const SERVICES: Service[] = [
  {
    sign: 'GITHUB_ACTIONS',
    read: (env) => ({
      pullRequest: /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1],
      branch: env.GITHUB_HEAD_REF || (env.GITHUB_REF_TYPE === 'branch' ? env.GITHUB_REF_NAME : ''),
      target: env.GITHUB_BASE_REF,
      ...githubEvent(env),
    }),
  },
  {
    sign: 'GITLAB_CI',
    read: (env) => ({
      pullRequest: env.CI_MERGE_REQUEST_IID,
      branch: env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || env.CI_COMMIT_BRANCH,
      target: env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME,
      isFork: differ(env.CI_MERGE_REQUEST_SOURCE_PROJECT_ID, env.CI_MERGE_REQUEST_PROJECT_ID),
      defaultBranch: env.CI_DEFAULT_BRANCH,
    }),
  },
  {
    sign: 'CIRCLECI',
    read: (env) => ({
      pullRequest: env.CIRCLE_PR_NUMBER || /\/(\d+)$/.exec(env.CIRCLE_PULL_REQUEST ?? '')?.[1],
      branch: env.CIRCLE_BRANCH,
      // Set for pull requests from forks alone.
      isFork: Boolean(env.CIRCLE_PR_USERNAME || env.CIRCLE_PR_REPONAME),
    }),
  },
  {
    sign: 'BUILDKITE',
    read: (env) => ({
      pullRequest: env.BUILDKITE_PULL_REQUEST === 'false' ? '' : env.BUILDKITE_PULL_REQUEST,
      branch: env.BUILDKITE_BRANCH,
      target: env.BUILDKITE_PULL_REQUEST_BASE_BRANCH,
      isFork: differ(env.BUILDKITE_PULL_REQUEST_REPO, env.BUILDKITE_REPO),
      defaultBranch: env.BUILDKITE_PIPELINE_DEFAULT_BRANCH,
    }),
  },
  {
    sign: 'TF_BUILD',
    read: (env) => ({
      pullRequest: env.SYSTEM_PULLREQUEST_PULLREQUESTNUMBER || env.SYSTEM_PULLREQUEST_PULLREQUESTID,
      branch: withoutRef(env.SYSTEM_PULLREQUEST_SOURCEBRANCH || env.BUILD_SOURCEBRANCH),
      target: withoutRef(env.SYSTEM_PULLREQUEST_TARGETBRANCH),
      isFork: /^true$/i.test(env.SYSTEM_PULLREQUEST_ISFORK ?? ''),
    }),
  },
  {
    sign: 'JENKINS_URL',
    read: (env) => ({
      pullRequest: env.CHANGE_ID,
      branch: env.CHANGE_BRANCH || env.BRANCH_NAME,
      target: env.CHANGE_TARGET,
      isFork: Boolean(env.CHANGE_FORK),
      defaultBranch: env.BRANCH_IS_PRIMARY === 'true' ? env.BRANCH_NAME : '',
    }),
  },
  {
    sign: 'BITBUCKET_BUILD_NUMBER',
    read: (env) => ({
      pullRequest: env.BITBUCKET_PR_ID,
      branch: env.BITBUCKET_BRANCH,
      target: env.BITBUCKET_PR_DESTINATION_BRANCH,
    }),
  },
];

const NOWHERE: CiPlace = {
  pullRequest: null,
  branch: null,
  target: null,
  isFork: false,
  defaultBranch: null,
};

/** Where in CI this process runs; null outside of CI. */
export function ciPlace(env: Variables): CiPlace | null {
  const service = SERVICES.find(({ sign }) => (env[sign] ?? '') !== '');
  if (service === undefined) return /^(?:|0|false)$/i.test(env.CI ?? '') ? null : NOWHERE;
  const { pullRequest, branch, target, isFork, defaultBranch } = service.read(env);
  return {
    pullRequest: pullRequest || null,
    branch: branch || null,
    target: target || null,
    isFork: isFork === true,
    defaultBranch: defaultBranch || null,
  };
}

/** The event says which repository the code comes from; one that cannot be read may come from anywhere. */
function githubEvent(env: Variables): Pick<CiPlace, 'isFork'> & { defaultBranch?: string } {
  const isPullRequest = /^pull_request/.test(env.GITHUB_EVENT_NAME ?? '');
  try {
    const text = fs.readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8');
    const event = JSON.parse(text) as {
      repository?: { default_branch?: string };
      pull_request?: { head?: { repo?: { full_name?: string } | null } };
    };
    const from = event.pull_request?.head?.repo?.full_name;
    const { default_branch: defaultBranch } = event.repository ?? {};
    return {
      isFork: isPullRequest && from !== env.GITHUB_REPOSITORY,
      ...(typeof defaultBranch === 'string' && { defaultBranch }),
    };
  } catch {
    // There is no such file.
    return { isFork: isPullRequest };
  }
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return Boolean(one) && Boolean(other) && one !== other;
}

function withoutRef(ref: string | undefined): string {
  return (ref ?? '').replace(/^refs\/heads\//, '');
}
