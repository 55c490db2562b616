import * as fs from 'node:fs';
import { swallowed } from '../../terminal/debug';
import { renderMarkdown } from './render';
import type { RunReport } from './run-report';

/** The file to which a step of GitHub Actions adds what the page of the run shows of it; null elsewhere. */
export function stepSummaryFile(): string | null {
  return process.env['GITHUB_STEP_SUMMARY'] || null;
}

/** Adds a report to the page of a run of GitHub Actions. @param file As `stepSummaryFile` tells. */
export function appendStepSummary(report: RunReport, file: string): void {
  try {
    fs.appendFileSync(file, `${renderMarkdown(report)}\n`);
  } catch (error) {
    swallowed('controller', error, `adding to ${file}; the page goes without`);
  }
}
