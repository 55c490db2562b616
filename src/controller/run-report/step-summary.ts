import * as fs from 'node:fs';
import { swallowed } from '../../terminal/debug';
import { renderMarkdown } from './render';
import type { RunReport } from './run-report';

/** Where GitHub's runner says to which file a step adds what the page of the run shows of it. */
export const STEP_SUMMARY_VARIABLE = 'GITHUB_STEP_SUMMARY';

/** Adds a report to the page of a run of GitHub Actions; does nothing elsewhere. */
export function appendStepSummary(
  report: RunReport,
  file: string | undefined = process.env[STEP_SUMMARY_VARIABLE],
): void {
  if (file === undefined || file === '') return;
  try {
    fs.appendFileSync(file, `${renderMarkdown(report)}\n`);
  } catch (error) {
    swallowed('controller', error, `adding to ${file}; the page goes without`);
  }
}
