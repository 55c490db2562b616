/** What a table is about. */
type Topic = 'imports' | 'sources' | 'transforms';

/**
 * Answers about the working tree that hold during one run. Between two runs of a process, as in watch mode, files may
 * be edited; then all tables are emptied at once.
 */
class RunCache {
  readonly #tables: [topic: Topic, table: { clear(): void }][] = [];

  /** Makes a table that is emptied together with all others. */
  table<K, V>(topic: Topic): Map<K, V> {
    const table = new Map<K, V>();
    this.#tables.push([topic, table]);
    return table;
  }

  /** A run starts: empties all tables. */
  startRun(): void {
    for (const [, table] of this.#tables) table.clear();
  }

  /** Empties the tables of one topic. */
  clear(topic: Topic): void {
    for (const [of, table] of this.#tables) if (of === topic) table.clear();
  }
}

/** The cache of the run that this process takes part in. */
export const runCache = new RunCache();
