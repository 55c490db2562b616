#!/usr/bin/env node
// First, so that all modules loaded after it come from the compile cache.
import './compile-cache';
import { CommanderError } from 'commander';
import { parseArguments } from './cli/arguments';
import { findCommand, subcommands } from './cli/commands';
import { run } from './cli/run';
import { sentenceOf } from './config/warn';
import { printNotice } from './terminal/output';

/** The exit code for an invalid command line. */
const MISUSE = 2;

async function main(args: string[]): Promise<void> {
  const command = findCommand(args);
  if (command !== null) {
    process.stdout.on('error', ignoreClosedPipe);
    return command.run(args.slice(1));
  }
  const { jestArguments, flags } = parseArguments(args, subcommands);
  return run(jestArguments, flags);
}

/** Ignores a closed pipe, as in `jest-testmon status | head`. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // Help and version end here too. Commander has printed everything.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSE;
    return;
  }
  printNotice(sentenceOf(error));
  process.exitCode = 1;
});
