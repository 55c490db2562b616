import * as path from 'node:path';

const PLUG_POINTS = path.join(__dirname, '..', 'jest');

/** Ours are built beside us, so they end as this file does: `.js` in dist, `.ts` where TypeScript runs directly. */
const locate = (name: string) => path.join(PLUG_POINTS, name + path.extname(__filename));

/** Absolute paths of what Jest loads. */
export const plugPoints = {
  environment: locate('environment'),
  globalSetup: locate('global-setup'),
  reporter: locate('reporter'),
  sequencer: locate('sequencer'),
  testRunner: locate('test-runner'),
  transform: locate('transform'),
  watch: locate('watch'),
};

/** Those that a config may name beside these: `jest-testmon/runner` is the old name of the test runner. */
const OTHERS = ['environment-jsdom', 'environment-node', 'runner'].map(locate);

/** Whether a resolved path is one of ours, as in a config whose keys were written by hand. */
export function isPlugPoint(file: unknown): boolean {
  return typeof file === 'string' && [...Object.values(plugPoints), ...OTHERS].includes(file);
}
