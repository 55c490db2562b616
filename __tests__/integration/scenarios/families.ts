import { always } from './always';
import { childInputs } from './child-inputs';
import { childBlocks } from './child-blocks';
import { childLookups } from './child-lookups';
import { children } from './children';
import { code } from './code';
import { declarationFamilies } from './declarations';
import { decorators } from './decorators';
import { esExports } from './es-exports';
import { exportFamilies, takenByJest } from './exports';
import { files } from './files';
import { foundPrograms } from './found-programs';
import {
  bundlingSetup,
  globalSetup,
  projectSetup,
  rootSetup,
  typeScriptSetup,
} from './global-setup';
import { hiddenNode } from './hidden-node';
import { links } from './links';
import { lookups } from './lookups';
import { manualMocks } from './manual-mocks';
import { mocks, mocksOfEsModules } from './mocks';
import { monorepo, onePackage } from './monorepo';
import { packageManagers } from './package-managers';
import { native } from './native';
import { nativeReads } from './native-reads';
import { nodeOptions } from './node-options';
import { leadingNowhere, ownPackage } from './own-package';
import { mocksOfPackages, packagePaths, packagePathsByConfig } from './package-paths';
import { packageTypes } from './package-types';
import { packages } from './packages';
import { plainCode } from './plain-code';
import { commandWords } from './command-words';
import { programs } from './programs';
import { refused } from './refused';
import { closed, platforms, resolution } from './resolution';
import { sameVersion } from './same-version';
import type { Family } from './scenario';
import { scripts } from './scripts';
import { setupServers } from './setup-servers';
import { testFiles } from './test-files';
import { babelPlugins, babelToolChain, swcToolChain } from './tool-chain';
import { compilerPlugins, soughtPackages, transformInputs } from './transform-inputs';
import { typeErrors, typeScript } from './transformers';
import { toolOutputs, tools } from './tools';
import { variables } from './variables';
import { writes } from './writes';

/** The same family under the older Jest. */
function underJest29(family: Family): Family {
  return {
    ...family,
    name: `${family.name}, under Jest 29`,
    base: { ...family.base, packages: { jest: 'jest29' }, isOlderJest: true },
  };
}

/** Every row of the table, by kind. */
export const families: readonly Family[] = [
  code,
  ...declarationFamilies,
  ...decorators,
  ...exportFamilies,
  takenByJest,
  esExports,
  underJest29(esExports),
  plainCode,
  underJest29(plainCode),
  underJest29(resolution),
  closed,
  underJest29(closed),
  platforms,
  underJest29(platforms),
  lookups,
  underJest29(lookups),
  mocks,
  mocksOfEsModules,
  manualMocks,
  underJest29(manualMocks),
  native,
  nativeReads,
  files,
  links,
  writes,
  refused,
  testFiles,
  resolution,
  packages,
  sameVersion,
  packagePaths,
  underJest29(packagePaths),
  underJest29(packagePathsByConfig),
  mocksOfPackages,
  underJest29(mocksOfPackages),
  ownPackage,
  underJest29(ownPackage),
  leadingNowhere,
  underJest29(leadingNowhere),
  babelToolChain,
  babelPlugins,
  transformInputs,
  soughtPackages,
  compilerPlugins,
  swcToolChain,
  tools,
  toolOutputs,
  bundlingSetup,
  globalSetup,
  projectSetup,
  rootSetup,
  typeScriptSetup,
  setupServers,
  typeScript,
  typeErrors,
  packageTypes,
  variables,
  childBlocks,
  packageManagers,
  children,
  childInputs,
  childLookups,
  nodeOptions,
  commandWords,
  programs,
  hiddenNode,
  foundPrograms,
  scripts,
  monorepo,
  underJest29(monorepo),
  onePackage,
  always,
];

/** Those without a family that shows the same with another tool or Jest, which the part of its name after a comma tells. */
export const oneOfEachKind: readonly Family[] = families.filter(
  ({ name }, index) => families.findIndex((other) => kindOf(other.name) === kindOf(name)) === index,
);

function kindOf(name: string): string {
  return name.split(', ')[0] ?? name;
}
