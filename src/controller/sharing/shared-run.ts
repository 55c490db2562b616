import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { pull, sharedSettings, type Pulled, type SharedSettings } from '../../shared-store';
import { Store } from '../../store';
import { swallowed } from '../../terminal/debug';
import { messageOf } from '../../terminal/error-message';
import { count, some, type Logger } from '../../terminal/logger';
import type { RunContext } from '../run-context';

/** What this process has to do with a shared store, for all of its runs. */
interface Dealings {
  settings: SharedSettings;
  dataFile: string;
  keep: number;
  logger: Logger;
  /** After the first failure there is no more talking. */
  hasFailed: boolean;
  /** When it was last asked; milliseconds of `performance.now`. */
  askedAt: number | null;
  /** How many milliseconds were spent on asking. */
  spent: number;
  /** Whether any of its runs records. */
  records: boolean;
}

/** Of the process: it ends after all of its runs. */
let dealings: Dealings | null = null;

/** Who watches edits every few seconds, and others push every few minutes. */
const ASK_AGAIN = 5 * 60_000;

/** Sending may take longer than asking, as there is somebody who answers. */
const TRANSFER_FACTOR = 10;

/**
 * Takes in what other machines recorded. An outage costs its deadline, and is said in one sentence.
 * @returns Whether the database holds more than before.
 */
export async function pullForRun(run: RunContext): Promise<boolean> {
  const { request, store, writable } = run;
  const settings = sharedSettings(request.options.shared, process.env);
  if (settings === null || !writable) return false;
  const { dataFile, logger } = request;
  const keep = request.options.keepRecords;
  dealings ??= {
    settings,
    dataFile,
    keep,
    logger,
    hasFailed: false,
    askedAt: null,
    spent: 0,
    records: false,
  };
  dealings.records ||= run.collects && !request.listing;
  const begun = performance.now();
  const isRecent = dealings.askedAt !== null && begun - dealings.askedAt < ASK_AGAIN;
  if (!request.select || dealings.hasFailed || isRecent) return false;
  const { askedAt } = dealings;
  dealings.askedAt = begun;
  try {
    const environments = run.projects.all.map(({ environment }) => environment);
    const pulled = await pull(store, settings, { environments, now: Date.now(), keep });
    dealings.hasFailed = pulled.failure !== null;
    const isEmpty = (): boolean =>
      run.projects.all.every(
        ({ environmentId }) => store.testFilePaths(environmentId).length === 0,
      );
    if (!request.listing) say(logger, settings, pulled, () => askedAt === null && isEmpty());
    return pulled.taken > 0;
  } catch (error) {
    swallowed('controller', error, 'taking in what others recorded; what is local serves');
    dealings.hasFailed = true;
    logger.warn(
      `what ${settings.name} holds could not be taken in (${messageOf(error)}), so this run selects by what is local.`,
    );
    return false;
  } finally {
    dealings.spent += performance.now() - begun;
  }
}

/** Whether a shared store was asked in this process, and could not be used. */
export function hasSharedStoreFailed(): boolean {
  return dealings?.hasFailed === true;
}

function say(
  logger: Logger,
  { name, read }: SharedSettings,
  { taken, records, failure, refused, elsewhere }: Pulled,
  isEmpty: () => boolean,
): void {
  if (taken > 0)
    logger.info(
      `took in ${count(records, 'record')} of other machines from ${name} (${read.join(', ')}).`,
    );
  if (failure !== null) logger.warn(`${failure.message}, so this run selects by what is local.`);
  if (refused[0] !== undefined)
    logger.warn(
      `${count(refused.length, 'bundle')} of ${name} ${refused.length === 1 ? 'is' : 'are'} ignored: ${refused[0].reason}.`,
    );
  if (elsewhere.length > 0 && isEmpty()) logger.info(describeElsewhere(name, elsewhere));
}

function describeElsewhere(name: string, machines: readonly string[]): string {
  const here = `node${process.versions.node.split('.')[0] ?? ''}.${process.platform}`;
  return machines.includes(here)
    ? `what ${name} holds was recorded with another Jest config, transformer or Jest version, so nothing of it is of use here.`
    : `what ${name} holds was recorded on other machines${some(machines)}, and this is ${here}, so nothing of it is of use here.`;
}

/**
 * Sends what was recorded, as the process ends: only then is it settled what passed. A child process does it, because
 * nothing can be waited for any more; it gets the URL by its input, which no list of processes shows.
 */
export function pushAtExit(): void {
  if (dealings === null) return;
  const { settings, dataFile, keep, logger, hasFailed, spent, records } = dealings;
  if (settings.write === null || hasFailed || !records) return;
  try {
    if (!hasUnsent(dataFile, settings)) return;
    const timeout = Math.ceil(Math.max(settings.timeout - spent, settings.timeout / 3));
    const transfer = TRANSFER_FACTOR * settings.timeout;
    const input = JSON.stringify({
      settings: { ...settings, timeout },
      dataFile,
      keep,
      transfer,
      quiet: logger.quiet,
    });
    spawnSync(process.execPath, [path.join(__dirname, 'push-process.js')], {
      input,
      stdio: ['pipe', 'ignore', 'inherit'],
      timeout: timeout + transfer + 2000,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
  } catch (error) {
    swallowed('controller', error, 'sending what was recorded; the next run does');
    logger.warn(
      `nothing was sent to ${settings.name} (${messageOf(error)}); what this run recorded goes there with the next one.`,
    );
  }
}

function hasUnsent(dataFile: string, { place }: SharedSettings): boolean {
  const store = Store.open(dataFile, { readonly: true });
  try {
    return store.sharing(place).withUnsent().length > 0;
  } finally {
    store.close();
  }
}
