import { SPOT_CHECKS, STEPS, WHY_ONE_BASE, type CiContext, type CiService } from './service';

/** Writes a set-up for CircleCI. */
export const circleci: CiService = { file: '.circleci/config.yml', write };

function write(context: CiContext): string {
  const { manager, shards, node } = context;
  const image = `    docker:
      - image: node:${node}`;
  return `# Tests in ${shards} shards, of which each runs what a change can affect. Written by "jest-testmon init --ci circleci".
version: 2.1

jobs:
  ${WHY_ONE_BASE}
  records:
${image}
    steps:
      - restore_cache:
          keys:
            # No branch can have a colon in its name: that of "main" is no prefix of that of "main-2".
            - 'testmon:{{ .Branch }}:'
            - 'testmon:main:'
      - run: ${STEPS.keepBase}
      - persist_to_workspace:
          root: .
          paths: [records]

  tests:
    parallelism: ${shards}
    environment:
      ${SPOT_CHECKS}
${image}
    steps:
      - checkout
      - attach_workspace:
          at: .
      - run: ${manager.install}
      - run: ${STEPS.takeBase}
      # Failures are recorded too: the exit code is kept until the records are.
      - run: ${STEPS.runShard(context, '$((CIRCLE_NODE_INDEX + 1))/$CIRCLE_NODE_TOTAL')} || echo $? > failed
      - run: ${STEPS.keepShard('$CIRCLE_NODE_INDEX')}
      - persist_to_workspace:
          root: .
          paths: ['records/shard-*.db']
      - run: if [ -f failed ]; then exit "$(cat failed)"; fi

  merge:
${image}
    steps:
      - checkout
      - attach_workspace:
          at: .
      - run: ${manager.install}
      # Fails where the shards left a test file out.
      - run: ${STEPS.merge(context)}
      - save_cache:
          when: always
          key: 'testmon:{{ .Branch }}:{{ epoch }}'
          paths: [.testmondata]

workflows:
  test:
    jobs:
      - records
      - tests:
          requires: [records]
      - merge:
          requires:
            - tests: [success, failed]
`;
}
