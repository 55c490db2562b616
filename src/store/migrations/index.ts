import { initial } from './001-initial';
import { failures } from './002-failures';
import { places } from './003-places';
import { spotChecks } from './004-spot-checks';
import { flaky } from './005-flaky';
import { sharing } from './006-sharing';
import { coverage } from './007-coverage';
import { coveredFiles } from './008-covered-files';
import { scripts } from './009-scripts';
import type { Migration } from './migration';

/** All migrations, the oldest first. Only append; never change one. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  failures,
  places,
  spotChecks,
  flaky,
  sharing,
  coverage,
  coveredFiles,
  scripts,
];
