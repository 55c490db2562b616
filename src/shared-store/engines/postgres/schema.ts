/**
 * The tables in PostgreSQL, by numbered migrations. `$schema` stands for the quoted name of the schema. A migration that
 * was released is never edited.
 *
 * Who may do what is decided by the server. Everyone who may use the schema reads all. Who may write is said by grants,
 * and which scopes by rows of `writer`: a role, and a scope or the beginning of one with `*`. Rows are checked by the
 * server's row-level security, so that a writer of `pr/*` cannot add anything that readers of `main` come to see.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE $schema.writer (
      role  name NOT NULL,
      scope text COLLATE "C" NOT NULL CHECK (scope ~ '^[A-Za-z0-9_./-]*[*]?$' AND scope <> ''),
      PRIMARY KEY (role, scope)
    )`,
    `CREATE FUNCTION $schema.may_write(wanted text) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog AS $body$
      SELECT EXISTS (
        SELECT FROM $schema.writer w JOIN pg_roles r ON r.rolname = w.role
        WHERE pg_has_role(current_user, r.oid, 'USAGE')
          AND (w.scope = wanted OR (right(w.scope, 1) = '*' AND starts_with(wanted, left(w.scope, -1))))
      )
    $body$`,
    `CREATE TABLE $schema.bundle (
      scope     text COLLATE "C" NOT NULL CHECK (scope ~ '^[A-Za-z0-9_./-]{1,200}$'),
      name      text COLLATE "C" NOT NULL CHECK (length(name) <= 300),
      content   bytea NOT NULL CHECK (octet_length(content) <= 268435456),
      bytes     integer NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
      pushed_by name NOT NULL DEFAULT current_user,
      pushed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (scope, name)
    )`,
    // Bundles are compressed already.
    `ALTER TABLE $schema.bundle ALTER COLUMN content SET STORAGE EXTERNAL`,
    `ALTER TABLE $schema.bundle ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY read ON $schema.bundle FOR SELECT USING (true)`,
    `CREATE POLICY write ON $schema.bundle FOR INSERT WITH CHECK ($schema.may_write(scope))`,
    `CREATE POLICY compact ON $schema.bundle FOR DELETE USING ($schema.may_write(scope))`,
    // Roles do not see each other's pins: who writes a pull request cannot choose the base of main's runs.
    `CREATE TABLE $schema.pin (
      key       text COLLATE "C" NOT NULL CHECK (length(key) <= 100),
      value     text NOT NULL CHECK (length(value) <= 1000000),
      pinned_by name NOT NULL DEFAULT current_user,
      pinned_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (pinned_by, key)
    )`,
    `ALTER TABLE $schema.pin ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY own ON $schema.pin USING (pinned_by = current_user)`,
  ],
];

/** Statements by which an administrator lets roles read, write and compact. Nothing is granted by us. */
export function grantsFor(schema: string): string[] {
  return [
    'Run what you need of this, with the names of your roles:',
    '  -- who only reads, such as laptops and forks',
    `  GRANT USAGE ON SCHEMA ${schema} TO testmon_reader;`,
    `  GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO testmon_reader;`,
    '  -- who writes a scope: grant testmon_reader to it, and',
    `  GRANT INSERT (scope, name, content) ON ${schema}.bundle TO testmon_ci;`,
    `  GRANT INSERT (key, value), DELETE ON ${schema}.pin TO testmon_ci;`,
    `  INSERT INTO ${schema}.writer VALUES ('testmon_ci', 'main');  -- 'pr/*' for all pull requests`,
    '  -- who compacts its scopes, as the CI of main should: also',
    `  GRANT DELETE ON ${schema}.bundle TO testmon_compactor;`,
  ];
}
