import type { Options } from '../config/options';
import { count, some } from '../terminal/logger';
import { findIgnored } from '../dependencies/files/ignored';
import { reporter, type Finding } from './finding';

/** Reports invalid options, and options that switch something off for every run. */
export function checkOptions(options: Options, problems: readonly string[]): Finding[] {
  const found = reporter('options');
  const findings = problems.map((problem) =>
    found.warning(
      problem.replace(/^testmon: /, ''),
      'correct it in withTestmon(config, options) or the environment',
    ),
  );
  const off = (what: string, option: string, variable: string) =>
    found.warning(
      `${what} (${option}, ${variable})`,
      `take the option or variable out to have it on`,
    );
  if (!options.enabled)
    findings.push(off('testmon is switched off', 'enabled: false', 'TESTMON=0'));
  if (!options.select)
    findings.push(off('selection is switched off', 'select: false', 'TESTMON_NOSELECT=1'));
  if (!options.collect)
    findings.push(off('recording is switched off', 'collect: false', 'TESTMON_NOCOLLECT=1'));
  return findings.length === 0 ? [found.ok('understood')] : findings;
}

/** Files that very likely affect results: code, snapshots, configs of tools. */
const MATTERS = /\.([cm]?[jt]sx?|snap|node|wasm)$|(^|\/)(package|tsconfig[^/]*)\.json$/;

/**
 * Checks the globs of `ignore`. Reports those that match files of code or configuration, and those that match
 * nothing.
 * @param root Absolute path of the root.
 */
export function checkIgnored(root: string, globs: readonly string[]): Finding[] {
  const found = reporter('ignored files');
  if (globs.length === 0) return [found.ok('none')];
  return globs.map((glob) => {
    const files = findIgnored(root, [glob]).map(({ path }) => path);
    const matter = files.filter((file) => MATTERS.test(file));
    if (files.length === 0) {
      return found.warning(
        `the glob ${glob} of the option ignore matches no file`,
        `globs are relative to ${root}; correct it or take it out`,
      );
    }
    if (matter.length > 0) {
      return found.warning(
        `the glob ${glob} of the option ignore leaves out ${count(matter.length, 'file')} of code or configuration${some(matter)}: a change of one runs nothing`,
        'narrow the glob to files that no test depends on; "npx jest-testmon verify" shows what was missed',
      );
    }
    return found.ok(`${glob} leaves out ${count(files.length, 'file')}`);
  });
}
