import { locateProject } from '../../config/reading/locate';
import { sharedSettings, type SharedSettings } from '../../shared-store';
import { Store } from '../../store';
import type { Command } from 'commander';

/** The flags of every command that talks to a shared store. */
export interface SharingFlags {
  config?: string;
  testmonShared?: string;
  json?: true;
}

/** A project and the shared store that its options name. */
export interface SharingPlace {
  settings: SharedSettings;
  dataFile: string;
  keepRecords: number;
}

/** Adds the options that these commands have in common. */
export function sharing(command: Command): Command {
  return command
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .option('--testmon-shared <url>', 'the shared store (TESTMON_SHARED, or the option shared)')
    .option('--json', 'print the answer as JSON');
}

/** @throws Where the project cannot be read, or names no shared store. */
export async function locateShared({ config, testmonShared }: SharingFlags): Promise<SharingPlace> {
  if (testmonShared !== undefined) process.env['TESTMON_SHARED'] = testmonShared;
  const { options, problems, dataFile } = await locateProject(config);
  const settings = sharedSettings(options.shared, process.env);
  if (settings !== null) return { settings, dataFile, keepRecords: options.keepRecords };
  const problem = problems.find((sentence) => /shared/i.test(sentence));
  throw new Error(
    problem ??
      'there is no shared store; name one with TESTMON_SHARED, the option shared of withTestmon, or --testmon-shared.',
  );
}

/** Works with the project's database, open for writing. */
export async function withStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = Store.open(file, {});
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** A size for a person. */
export function size(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
