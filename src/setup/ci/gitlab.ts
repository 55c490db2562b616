import { SPOT_CHECKS, STEPS, WHY_ONE_BASE, type CiContext, type CiService } from './service';

/** GitLab CI. */
export const gitlab: CiService = { file: '.gitlab-ci.yml', write };

function write(context: CiContext): string {
  const { manager, shards, node } = context;
  return `# Tests in ${shards} shards, of which each runs what a change can affect. Written by "jest-testmon init --ci gitlab".
# Branches find the records of the default branch where the project does not keep separate caches for protected branches.
image: node:${node}

stages: [records, test, merge]

.testmon-cache: &testmon-cache
  key: testmon-$CI_COMMIT_REF_SLUG
  fallback_keys: [testmon-$CI_DEFAULT_BRANCH]
  paths: [.testmondata]

${WHY_ONE_BASE}
records:
  stage: records
  cache:
    <<: *testmon-cache
    policy: pull
  script:
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
    # Fails where the shards left a test file out.
    - ${STEPS.merge(context)}
`;
}
