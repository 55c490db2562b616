import { count } from '../terminal/logger';
import { diagnose } from '../diagnosis/diagnose';
import type { Finding } from '../diagnosis/finding';
import { colours, EXIT, fail, makeCommand, printJson, printLines } from './command';
import type { Subcommand } from './subcommand';

/** `jest-testmon doctor`: checks the set-up of a project. */
export const doctor: Subcommand = {
  name: 'doctor',
  summary: 'check the set-up, and say how to fix what is wrong',
  run,
};

async function run(args: string[]): Promise<void> {
  const { json, config } = makeCommand(
    doctor.name,
    'Checks versions, the Jest config, options, the database, .gitignore and the cache of CI, and says how to fix ' +
      'what it finds. It changes nothing and runs no test.',
    {
      exitCodes: [
        '0  all is well, or there are warnings alone',
        '1  something is wrong',
        '2  the command line was not understood',
      ],
      examples: [
        ['doctor', 'check the project in this folder'],
        ['doctor --json', 'the same for a program'],
      ],
    },
  )
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .option('--json', 'print the findings as JSON')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<{ json?: true; config?: string }>();
  try {
    const findings = await diagnose(config);
    const errors = findings.filter(({ level }) => level === 'error').length;
    const warnings = findings.filter(({ level }) => level === 'warning').length;
    if (json === true) printJson({ errors, warnings, findings });
    else printLines([...findings.flatMap(show), '', summary(errors, warnings)]);
    process.exitCode = errors > 0 ? EXIT.bad : EXIT.good;
  } catch (error) {
    fail(error, json === true);
  }
}

const LEVELS: Record<Finding['level'], string> = {
  ok: colours.green('ok     '),
  warning: colours.yellow('warning'),
  error: colours.red('error  '),
};

function show({ check, level, message, fix }: Finding): string[] {
  const line = `${LEVELS[level]}  ${check}: ${message}`;
  return fix === undefined ? [line] : [line, `         fix: ${fix}`];
}

function summary(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'All is well.';
  return [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
    .filter((part) => part !== '')
    .join(', ')
    .concat('.');
}
