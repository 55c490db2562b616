import type * as pg from 'pg';
import {
  isBundleName,
  MAX_BUNDLE_BYTES,
  SharedStoreError,
  type SharedEngine,
  type StoredBundle,
} from '../../engine';
import { loadOptional } from '../../optional-package';
import { PostgresConnection, type Query, type Row } from './connection';
import { grantsFor, MIGRATIONS } from './schema';

const DEFAULT_SCHEMA = 'testmon';
/** Two at once would both make the tables. Any number that nobody else locks. */
const MIGRATION_LOCK = 7_413_220_061;
/** Runs of CI are over by then. */
const PINS_ARE_KEPT = '14 days';

/** Opens PostgreSQL: `postgres://user@host/database?sslmode=…&schema=…`, with all that `pg` understands. */
export function openPostgres(url: URL): SharedEngine {
  const schema = url.searchParams.get('schema') ?? DEFAULT_SCHEMA;
  if (!/^[a-z_][a-z\d_]{0,62}$/.test(schema))
    throw new SharedStoreError('unprepared', 'a schema is called by small letters, digits and _');
  const forDriver = new URL(url);
  forDriver.searchParams.delete('schema');
  const { Client } = loadOptional('pg') as typeof pg;
  const config = { connectionString: forDriver.href, application_name: 'jest-testmon' };
  return new PostgresEngine(new PostgresConnection((full) => new Client(full), config), schema);
}

/** Bundles as rows of one table. Who may do what stands in `schema.ts`. */
class PostgresEngine implements SharedEngine {
  readonly #connection: PostgresConnection;
  /** Needs no quotes, see `openPostgres`; a keyword would. */
  readonly #schema: string;

  constructor(connection: PostgresConnection, schema: string) {
    this.#connection = connection;
    this.#schema = `"${schema}"`;
  }

  async list(scopes: readonly string[], signal: AbortSignal): Promise<StoredBundle[]> {
    const text = `SELECT scope, name, bytes FROM ${this.#schema}.bundle WHERE scope = ANY ($1::text[]) ORDER BY name`;
    const rows = await this.#connection.run(signal, (query) => query(text, [scopes]));
    return rows
      .map((row) => ({
        scope: textOf(row, 'scope'),
        name: textOf(row, 'name'),
        bytes: bytesOf(row),
      }))
      .filter(({ name }) => isBundleName(name));
  }

  async get({ scope, name }: StoredBundle, signal: AbortSignal): Promise<Uint8Array> {
    // `pg` reads binary columns wrongly, and a bytea's own text has two characters a byte.
    const text = `SELECT bytes, CASE WHEN octet_length(content) <= ${MAX_BUNDLE_BYTES} THEN encode(content, 'base64') END AS content
      FROM ${this.#schema}.bundle WHERE scope = $1 AND name = $2`;
    const [row] = await this.#connection.run(signal, (query) => query(text, [scope, name]));
    if (row === undefined) throw new SharedStoreError('gone', `${name} is not there any more`);
    const content = row['content'];
    if (content == null) throw new SharedStoreError('refused', `${name} has ${bytesOf(row)} bytes`);
    return Buffer.from(content, 'base64');
  }

  async put(scope: string, name: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    if (!isBundleName(name)) throw new SharedStoreError('refused', 'that is no name of a bundle');
    const text = `INSERT INTO ${this.#schema}.bundle (scope, name, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
    const values = [scope, name, Buffer.from(content.buffer, content.byteOffset, content.length)];
    await this.#connection.run(signal, (query) => query(text, values));
  }

  async remove(bundles: readonly StoredBundle[], signal: AbortSignal): Promise<void> {
    if (bundles.length === 0) return;
    const which = `(scope, name) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;
    const values = [bundles.map(({ scope }) => scope), bundles.map(({ name }) => name)];
    const left = await this.#connection.run(signal, async (query) => {
      await query(`DELETE FROM ${this.#schema}.bundle WHERE ${which}`, values);
      return await query(`SELECT name FROM ${this.#schema}.bundle WHERE ${which} LIMIT 1`, values);
    });
    // Row-level security does not refuse to remove a row: it hides it.
    if (left.length > 0)
      throw new SharedStoreError('denied', 'this role may not remove bundles of that scope');
  }

  async pin(key: string, value: string, signal: AbortSignal): Promise<string> {
    const table = `${this.#schema}.pin`;
    const [row] = await this.#connection.run(signal, async (query) => {
      await query(
        `WITH expired AS (DELETE FROM ${table} WHERE pinned_by = current_user AND pinned_at < now() - interval '${PINS_ARE_KEPT}')
        INSERT INTO ${table} (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        [key, value],
      );
      return await query(`SELECT value FROM ${table} WHERE pinned_by = current_user AND key = $1`, [
        key,
      ]);
    });
    return row === undefined ? value : textOf(row, 'value');
  }

  async initialise(signal: AbortSignal): Promise<string[]> {
    const schema = this.#schema;
    const made = await this.#connection.run(signal, async (query) => {
      if ((await this.#version(query)) >= MIGRATIONS.length) return false;
      await query('BEGIN');
      await query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await query(
        `CREATE TABLE IF NOT EXISTS ${schema}.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
      );
      const before = await this.#version(query);
      for (const [index, migration] of MIGRATIONS.entries()) {
        if (index < before) continue;
        for (const statement of migration) await query(statement.replaceAll('$schema', schema));
        await query(`INSERT INTO ${schema}.migration (version) VALUES ($1)`, [index + 1]);
      }
      await query('COMMIT');
      return true;
    });
    return [
      made ? `The tables were made in the schema ${schema}.` : `The tables in ${schema} are ready.`,
      ...grantsFor(schema),
    ];
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  /** How many migrations this schema has seen. */
  async #version(query: Query): Promise<number> {
    const [exists] = await query(`SELECT to_regclass($1) IS NOT NULL AS known`, [
      `${this.#schema}.migration`,
    ]);
    if (exists?.['known'] !== 't') return 0;
    const [row] = await query(`SELECT count(*) AS migrations FROM ${this.#schema}.migration`);
    return Number(row?.['migrations']);
  }
}

function textOf(row: Row, column: string): string {
  return row[column] ?? '';
}

function bytesOf(row: Row): number {
  return Number(row['bytes']);
}
