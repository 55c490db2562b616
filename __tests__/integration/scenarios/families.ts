import { code } from './code';
import { plainCode } from './plain-code';
import type { Family } from './scenario';

/** Every row of the table, by kind. */
export const families: readonly Family[] = [code, plainCode];
