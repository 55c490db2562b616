import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { count } from '../../terminal/logger';
import { showProgress } from '../../terminal/progress';
import type { PageParts, ReportData } from '../../report';
import { parseArguments } from '../arguments';
import { FLAGS } from '../flags';
import { EXIT, fail, makeCommand, printJson, printLines, printNotice } from '../command';
import type { Subcommand } from '../subcommand';
import { version } from '../version';

/** The default path of the page. */
const DEFAULT_FILE = 'testmon-report.html';

interface Flags {
  output: string;
  json?: true;
}

/** `jest-testmon report`: writes one HTML page about what runs now and why, what an edit costs, and what was saved. */
export const report: Subcommand = {
  name: 'report',
  summary: 'write one HTML page: what runs now and why, what an edit costs, what was saved',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = makeCommand(
    report.name,
    'Writes one HTML page that loads nothing from anywhere: what a run would select now and why, the code as a map of ' +
      'the test time that an edit there costs, the tests of every function and file, and the time saved per run. ' +
      'No test runs, and nothing is recorded.',
    {
      exitCodes: [
        '0  the report is made, also where nothing is recorded yet, which it says',
        '1  it could not be made, which is said',
        '2  the command line was not understood',
      ],
      examples: [
        ['report', `write ${DEFAULT_FILE} in this folder`],
        ['report --output build/tests.html', 'write it somewhere else, for CI to keep'],
        ['report --config jest.unit.config.js', 'of the project with this Jest config'],
        ['report --json', 'print what the page shows as JSON'],
      ],
    },
  )
    .option('-o, --output <file>', 'the page to write', DEFAULT_FILE)
    .option('--json', 'print the data of the page as JSON, and write nothing')
    .argument('[options...]', 'options of testmon and Jest as for a run, like --config')
    .allowUnknownOption()
    .parse(args, { from: 'user' });
  const { output, json } = command.opts<Flags>();
  try {
    const data = await look(command.args);
    if (json === true) printJson(data);
    else await writePage(path.resolve(output), data);
    process.exitCode = EXIT.good;
  } catch (error) {
    fail(error, json === true);
  }
}

async function look(args: readonly string[]): Promise<ReportData> {
  // Imported here, so that a run does not load what only the report needs.
  const { openInspection } = await import('../../inspection/index.js');
  const { reportOf } = await import('../../report/index.js');
  const { jestArguments, flags } = parseArguments(args);
  const inspection = await openInspection(jestArguments, flags, (name) => FLAGS[name] ?? name);
  const shown = showProgress('reporting on test files', inspection.tests.length);
  try {
    return await reportOf(inspection, {
      generator: `jest-testmon ${version()}`,
      now: Date.now(),
      progress: (done) => shown.at(done),
    });
  } finally {
    shown.end();
    inspection.close();
  }
}

async function writePage(file: string, data: ReportData): Promise<void> {
  const { renderPage } = await import('../../report/index.js');
  const page = renderPage(data, readParts());
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, page);
  const selected = data.testFiles.filter(({ verdict }) => verdict !== 'unaffected').length;
  if (data.notice !== null) printNotice(`testmon: ${data.notice}`);
  printLines([
    `A run now selects ${selected} of ${count(data.testFiles.length, 'test file')}.`,
    `The report is ${pathToFileURL(file).href}`,
  ]);
}

/** Reads the parts of the page, which `npm run build` creates from `src/report/page/`. */
function readParts(): PageParts {
  const folder = path.join(__dirname, '..', '..', 'report', 'page');
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  return { frame: read('frame.html'), style: read('page.css'), script: read('main.js') };
}
