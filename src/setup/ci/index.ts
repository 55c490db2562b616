import { circleci } from './circleci';
import { github } from './github';
import { gitlab } from './gitlab';
import type { CiService } from './service';

/** The CI services that a set-up can be written for. */
export const services: Record<string, CiService> = { github, gitlab, circleci };
export type { CiContext, CiService } from './service';
