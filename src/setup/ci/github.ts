import {
  COMMENT_MARK,
  SPOT_CHECKS,
  STEPS,
  WHY_ONE_BASE,
  type CiContext,
  type CiService,
} from './service';

/** Writes a set-up for GitHub Actions. */
export const github: CiService = { file: '.github/workflows/testmon.yml', write };

function write(context: CiContext): string {
  const { manager, shards, node } = context;
  const indices = Array.from({ length: shards }, (_, index) => index + 1).join(', ');
  const prepare = `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: ${node}
      - run: ${manager.install}`;
  return `# Tests in ${shards} shards, of which each runs what a change can affect. Written by "jest-testmon init --ci github".
name: testmon
on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

jobs:
  ${WHY_ONE_BASE}
  records:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/cache/restore@v4
        with:
          path: .testmondata
          key: testmon-\${{ github.run_id }}-\${{ github.run_attempt }}
          restore-keys: testmon-
      - run: ${STEPS.keepBase}
      - uses: actions/upload-artifact@v4
        with:
          name: records-base
          path: records
          overwrite: true

  tests:
    needs: records
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        shard: [${indices}]
    env:
      SHARD: \${{ matrix.shard }}
      ${SPOT_CHECKS}
    steps:
${prepare}
      - uses: actions/download-artifact@v4
        with:
          name: records-base
          path: records
      - run: ${STEPS.takeBase}
      - run: ${STEPS.runShard(context, `$SHARD/${shards}`)}
      # Failures are recorded too.
      - if: \${{ !cancelled() }}
        run: ${STEPS.keepShard('$SHARD')}
      - if: \${{ !cancelled() }}
        uses: actions/upload-artifact@v4
        with:
          name: records-shard-\${{ matrix.shard }}
          path: records/shard-\${{ matrix.shard }}.db
          overwrite: true

  merge:
    needs: tests
    if: \${{ !cancelled() }}
    runs-on: ubuntu-latest
    steps:
${prepare}
      - uses: actions/download-artifact@v4
        with:
          pattern: records-*
          path: records
          merge-multiple: true
      # Fails where the shards left a test file out.
      - run: ${STEPS.merge(context)}
      - uses: actions/cache/save@v4
        if: \${{ !cancelled() && hashFiles('.testmondata') != '' }}
        with:
          path: .testmondata
          key: testmon-\${{ github.run_id }}-\${{ github.run_attempt }}
      - if: ${IS_PULL_REQUEST}
        run: ${STEPS.writeComment(context)}
      - if: ${IS_PULL_REQUEST}
        uses: actions/upload-artifact@v4
        with:
          name: testmon-comment
          path: comment.md
          overwrite: true

  # One comment on the pull request, which each run brings up to date. This job alone may write there, so it runs no
  # code of the pull request. Leave it out, and nothing else changes.
  comment:
    needs: merge
    if: ${IS_PULL_REQUEST}
    runs-on: ubuntu-latest
    permissions:
      pull-requests: write
    env:
      GH_TOKEN: \${{ github.token }}
      COMMENTS: repos/\${{ github.repository }}/issues/\${{ github.event.pull_request.number }}/comments
    steps:
      - uses: actions/download-artifact@v4
        with:
          name: testmon-comment
      - run: ${FIND_COMMENT}
      - run: ${PUT_COMMENT}
`;
}

/** The token of a run for a fork may write nothing, so such a run leaves no comment. */
const IS_PULL_REQUEST =
  '${{ !cancelled() && github.event.pull_request.head.repo.full_name == github.repository }}';

/** Others may write what looks like our comment, and the token may not change theirs. */
const FIND_COMMENT = `gh api "$COMMENTS" --paginate --jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("${COMMENT_MARK}"))) | .id' > found`;

const PUT_COMMENT =
  'if [ -s found ]; then gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$(head -n 1 found)" -F body=@comment.md; ' +
  'else gh api --silent --method POST "$COMMENTS" -F body=@comment.md; fi';
