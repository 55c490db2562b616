import { code } from './code';
import { files } from './files';
import { packages } from './packages';
import { plainCode } from './plain-code';
import { resolution } from './resolution';
import { variables } from './variables';
import type { Family } from './scenario';

/** Every row of the table, by kind. */
export const families: readonly Family[] = [code, plainCode, files, resolution, packages, variables];
