#!/usr/bin/env node
// Before anything else: what comes after it is compiled through it.
import './compile-cache';
import { CommanderError } from 'commander';
import { parseArguments } from './cli/arguments';
import { findCommand, subcommands } from './cli/commands';
import { run } from './cli/run';
import { sentenceOf } from './config/warn';
import { printNotice } from './terminal/output';

/** What a person gets for arguments of ours that cannot be understood. */
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

/** `jest-testmon status | head` has read enough: that is no error of anyone's. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    // Help and version come this way too; commander has printed everything.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSE;
    return;
  }
  printNotice(sentenceOf(error));
  process.exitCode = 1;
});
