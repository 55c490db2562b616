import { circleci } from './circleci';
import { github } from './github';
import { gitlab } from './gitlab';
import type { CiService } from './service';

/** The CI services that `init --ci` supports, by name. */
export const services: Record<string, CiService> = { github, gitlab, circleci };
export type { CiContext, CiService } from './service';
