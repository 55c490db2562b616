import * as path from 'node:path';
import { ownPlugPoint } from '../run/own-plug-point';

const PLUG_POINTS = path.join(__dirname, '..', 'jest');

/** The plug points have the same extension as this file: `.js` in dist, `.ts` if TypeScript runs directly. */
const locate = (name: string) => path.join(PLUG_POINTS, name + path.extname(__filename));

/** Absolute paths of the modules that Jest loads. */
export const plugPoints = {
  answeringRunner: locate('answering-runner'),
  environment: locate('environment'),
  globalSetup: locate('global-setup'),
  reporter: locate('reporter'),
  sequencer: locate('sequencer'),
  testRunner: locate('test-runner'),
  transform: locate('transform'),
  watch: locate('watch'),
};

/**
 * Whether a resolved path is one of our plug points. It may belong to another copy of jest-testmon, as in a config
 * with keys written by hand.
 */
export function isPlugPoint(file: unknown): boolean {
  return ownPlugPoint(file) !== null;
}
