/** The subject of a table. */
type Topic = 'imports' | 'sources' | 'transforms';

/**
 * Holds results about the working tree for one run. In watch mode, files may be edited between two runs of a process,
 * so all tables are cleared then.
 */
class RunCache {
  readonly #tables: [topic: Topic, table: { clear(): void }][] = [];

  /** Creates a table that is cleared together with all others. */
  table<K, V>(topic: Topic): Map<K, V> {
    const table = new Map<K, V>();
    this.#tables.push([topic, table]);
    return table;
  }

  /** Clears all tables, because a new run starts. */
  startRun(): void {
    for (const [, table] of this.#tables) table.clear();
  }

  /** Clears the tables of one topic. */
  clear(topic: Topic): void {
    for (const [of, table] of this.#tables) if (of === topic) table.clear();
  }
}

/** The cache for the present run of this process. */
export const runCache = new RunCache();
