import type { Config } from '@jest/types';
import * as fs from 'node:fs';
import {
  declarationSignature,
  type DeclarationAspect,
} from '../dependencies/declaration-signature';
import { shortHash } from '../dependencies/files/content';
import { fromStored } from '../dependencies/files/paths';
import { FINGERPRINTS_VERSION } from '../blocks/syntax/hash';
import type { Dependency } from '../records/types';
import { PROBES_VERSION } from '../transform/cache-key';
import { NO_OUTPUT_INPUTS, type OutputInputs } from '../transform/output-inputs';
import { toolChainOf } from '../transform/tool-chain-id';
import { transformInputs } from '../transform/transform-inputs';
import type { CoverageOptions } from './transformed';

/** Keys of a project config that say what is shown, and where. They change no output. */
const REPORTING_KEYS = new Set([
  ...['coverageDirectory', 'coverageReporters', 'detectOpenHandles', 'openHandlesTimeout'],
  ...['reporters', 'silent', 'slowTestThreshold', 'verbose'],
]);

/**
 * Hashes what decides on the outputs of a project for coverage, besides the sources, the tool chain and what the
 * outputs themselves name.
 * @param root Absolute path of the root. Outputs contain absolute paths.
 * @returns Null if it depends on what the user's version control says.
 */
export function coveredOutputsKey(
  config: Config.ProjectConfig,
  root: string,
  coverage: CoverageOptions,
): string | null {
  const { changedFiles, sourcesRelatedToTestsInChangedFiles, ...options } = coverage;
  if (changedFiles !== undefined || sourcesRelatedToTestsInChangedFiles !== undefined) return null;
  const shaping = Object.entries(config).filter(([key]) => !REPORTING_KEYS.has(key));
  const versions = [process.version, PROBES_VERSION, FINGERPRINTS_VERSION];
  return shortHash(JSON.stringify([versions, root, options, shaping]));
}

/**
 * What an output depends on besides its source.
 * @param extras The additional data in its metadata.
 */
export function outputDependencies(extras: unknown, root: string): Dependency[] {
  const { inputs, values, types } = { ...NO_OUTPUT_INPUTS, ...(extras as Partial<OutputInputs>) };
  return [
    ...inputs,
    ...values.map((name) => declared(name, root, 'values')),
    ...types.map((name) => declared(name, root, 'types')),
  ];
}

function declared(name: string, root: string, aspect: DeclarationAspect): Dependency {
  try {
    const text = fs.readFileSync(fromStored(root, name), 'utf8');
    return { kind: 'declared', name, value: declarationSignature(text, aspect) };
  } catch {
    // A missing source is a value too.
    return { kind: 'absent', name, value: '' };
  }
}

/** The variables that the tool chain of a project asked for in any process. All outputs depend on them. */
export function toolVariables(config: Config.ProjectConfig, root: string): Dependency[] {
  return transformInputs.variables(toolChainOf(config, root));
}
