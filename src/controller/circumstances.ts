import * as path from 'node:path';
import * as vm from 'node:vm';
import { isFile } from '../dependencies/imports';
import { isWithin, packageFolder, realPath, toStored } from '../dependencies/paths';

/**
 * What every program sees of where and how it runs, as far as results are known to differ by it: the version of Node
 * and its options, the time zone and the locale, the working folder.
 * @param cwd Absolute path of the working folder.
 */
export function circumstances(root: string, cwd: string): unknown[] {
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  return [
    process.versions.node,
    process.arch,
    timeZone,
    locale,
    typeof (vm as { SyntheticModule?: unknown }).SyntheticModule === 'function',
    nodeOptions().filter((option) => !path.isAbsolute(option)),
    toStored(root, realPath(cwd)),
  ];
}

/** Files of the project that Node loads before everything else, as absolute paths. */
export function preloaded(root: string): string[] {
  return nodeOptions()
    .filter((option) => /[./\\]/.test(option) && !option.startsWith('--'))
    .map((option) => path.resolve(option))
    .filter((file) => isWithin(root, file) && packageFolder(file) === null && isFile(file));
}

/** Options of Node that make a program's results no others: for debuggers, profilers, memory and warnings. */
const HARMLESS =
  /^--(?:inspect|debug|max[-_](?:old|semi)[-_]space|no-warnings|disable-warning|trace|cpu-prof|heap|perf|prof|report|diagnostic|expose[-_]gc|enable-source-maps|stack-trace-limit|experimental-vm-modules|title)/;

/** The options that count; those that load a module are given as its name or path alone. */
function nodeOptions(): string[] {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv]
    .map((option) =>
      option.replace(/^(?:-r|--(?:require|import|loader))=?/, '').replace(/^["']|["']$/g, ''),
    )
    .filter((option) => option !== '' && !HARMLESS.test(option));
}
