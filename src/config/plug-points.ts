import * as path from 'node:path';
import { ownPlugPoint } from '../run/own-plug-point';

const PLUG_POINTS = path.join(__dirname, '..', 'jest');

/** Ours are built beside us, so they end as this file does: `.js` in dist, `.ts` where TypeScript runs directly. */
const locate = (name: string) => path.join(PLUG_POINTS, name + path.extname(__filename));

/** Absolute paths of what Jest loads. */
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

/** Whether a resolved path is one of ours, of whichever copy, as in a config whose keys were written by hand. */
export function isPlugPoint(file: unknown): boolean {
  return ownPlugPoint(file) !== null;
}
