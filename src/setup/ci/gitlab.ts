import { SPOT_CHECKS, STEPS, WHY_ONE_BASE, type CiContext, type CiService } from './service';

/**
 * Writes a set-up for GitLab CI.
 *
 * A cache key must not contain a slash, so it names a branch by its slug. Two branches can share a slug: `feature/a`
 * and `feature-a`, or `main` and `Main`. So the key also says whether the branch is protected, after a dot, which no
 * slug contains. In addition the branch's full name is stored beside the database.
 */
export const gitlab: CiService = { file: '.gitlab-ci.yml', write };

/** The file that stores the full name of the branch. The pattern for the database in `.gitignore` matches it too. */
const BRANCH = '.testmondata-branch';

function write(context: CiContext): string {
  const { manager, shards, node } = context;
  return `# Tests in ${shards} shards, of which each runs what a change can affect. Written by "jest-testmon init --ci gitlab".
# Branches find the records of the default branch where the project does not keep separate caches for protected branches.
image: node:${node}

stages: [records, test, merge]

.testmon-cache: &testmon-cache
  # A branch that is not protected never writes what the default branch restores.
  key: testmon.$CI_COMMIT_REF_PROTECTED.$CI_COMMIT_REF_SLUG
  fallback_keys: [testmon.true.$CI_DEFAULT_BRANCH]
  paths: [.testmondata, ${BRANCH}]

${WHY_ONE_BASE}
records:
  stage: records
  cache:
    <<: *testmon-cache
    policy: pull
  script:
    # Two branches may share a slug: the database of another branch is not used.
    - case "$(cat ${BRANCH} 2>/dev/null)" in "$CI_COMMIT_REF_NAME" | "$CI_DEFAULT_BRANCH") ;; *) rm -f .testmondata ;; esac
    - ${STEPS.keepBase}
  artifacts:
    paths: [records/]
    expire_in: 1 day

tests:
  stage: test
  parallel: ${shards}
  needs: [records]
  variables:
    ${SPOT_CHECKS}
  script:
    - ${manager.install}
    - ${STEPS.takeBase}
    - ${STEPS.runShard(context, '$CI_NODE_INDEX/$CI_NODE_TOTAL')}
  after_script:
    - ${STEPS.keepShard('$CI_NODE_INDEX')}
  artifacts:
    # Failures are recorded too.
    when: always
    paths: [records/]
    expire_in: 1 day

merge-records:
  stage: merge
  when: always
  cache:
    <<: *testmon-cache
    policy: push
    when: always
  script:
    - ${manager.install}
    - printf %s "$CI_COMMIT_REF_NAME" > ${BRANCH}
    # Fails where the shards left a test file out.
    - ${STEPS.merge(context)}
`;
}
