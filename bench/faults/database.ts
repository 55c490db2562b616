import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadSqlite } from '../../src/store/connection/sqlite';
import { TestOutcomes } from '../../src/run/test-outcomes';
import { decodeJournal } from '../../src/run/journals/journal';
import { readRunFile } from '../../src/run/run-file';
import { Store } from '../../src/store';

/** What SQLite itself finds wrong with a database; empty where it is sound or not there. */
export function faultsOf(file: string): string[] {
  if (!fs.existsSync(file)) return [];
  const db = new (loadSqlite())(file);
  try {
    const integrity = db.pragma('integrity_check', { simple: true }) as string;
    const references = db.pragma('foreign_key_check') as unknown[];
    return [
      ...(integrity === 'ok' ? [] : [`integrity_check: ${integrity}`]),
      ...(references.length === 0 ? [] : [`foreign_key_check: ${JSON.stringify(references)}`]),
    ];
  } finally {
    db.close();
  }
}

/** Every record in a database, as `path hash`; none where there is no database yet. */
export function recordsIn(file: string): Set<string> {
  if (!fs.existsSync(file) || fs.statSync(file).size === 0) return new Set();
  const store = Store.open(file);
  try {
    return new Set(
      store
        .snapshot()
        .environments.flatMap(({ testFiles }) =>
          testFiles.flatMap(({ path: name, records }) =>
            records.map(({ hash }) => `${name} ${hash}`),
          ),
        ),
    );
  } finally {
    store.close();
  }
}

/** The test files that passed to their end, as Jest saw it, in runs that were cut short; by relative path. */
export function journaled(temporary: string): string[] {
  const passed = new Set<string>();
  for (const directory of runDirectories(temporary)) {
    if (readRunFile(path.join(directory, 'run.json')) === null) continue;
    const verdicts = TestOutcomes.of(path.join(directory, 'verdicts.jsonl'));
    for (const name of listed(directory).filter((file) => file.startsWith('journal-'))) {
      for (const line of decodeJournal([contentOf(path.join(directory, name))])) {
        if (line.type !== 'end') continue;
        if (line.outcome === 'passed' && line.complete && verdicts.passed(line))
          passed.add(line.path);
        else passed.delete(line.path);
      }
    }
  }
  return [...passed].sort();
}

function runDirectories(temporary: string): string[] {
  return listed(temporary)
    .filter((name) => /^jest-testmon-(?:\d+-)?[0-9a-f]+-[0-9a-f]{24}$/.test(name))
    .map((name) => path.join(temporary, name));
}

/** A run may end, and remove its folder, at any moment. */
function listed(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function contentOf(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
