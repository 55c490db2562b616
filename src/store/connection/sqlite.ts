import type BetterSqlite3 from 'better-sqlite3';

/** The API of better-sqlite3, for whichever version this process loads. */
export type Sqlite = typeof BetterSqlite3;

/** Includes prebuilt binaries, so it needs no install script and no compiler. It crashes Node 20. */
const WITH_BINARIES = 'better-sqlite3';

/** Version 12 under an alias, for Node 20 and rare platforms. Its install script downloads or compiles the binary. */
const BUILT_ON_INSTALLATION = 'better-sqlite3-node20';

/**
 * Loads SQLite when it is first needed, so that a missing binary leads to a message and not to a crash at start.
 * @throws {Error} The error of `require` or of opening a database, if no binary fits this machine.
 */
export function loadSqlite(): Sqlite {
  if (sqlitePackage() === BUILT_ON_INSTALLATION) return load(BUILT_ON_INSTALLATION);
  try {
    return tried(load(WITH_BINARIES));
  } catch (error) {
    try {
      return tried(load(BUILT_ON_INSTALLATION));
    } catch {
      // This package is optional, so the user should see the error of the other one.
      throw error;
    }
  }
}

/**
 * Returns the package that provides SQLite for a version of Node.
 * @param nodeVersion As in `process.versions.node`.
 */
export function sqlitePackage(nodeVersion: string = process.versions.node): string {
  return Number.parseInt(nodeVersion, 10) >= 22 ? WITH_BINARIES : BUILT_ON_INSTALLATION;
}

/**
 * Returns the command that builds the package if the package manager ran no install scripts. npm 12 and pnpm run none
 * by default.
 * @param userAgent As package managers set it in `npm_config_user_agent`: `npm/12.0.1 node/v24.1.0 linux x64`.
 */
export function commandToBuild(
  name: string = sqlitePackage(),
  userAgent: string = process.env.npm_config_user_agent ?? '',
): string {
  const [, manager = 'npm', major = '0'] = /^(npm|pnpm|yarn)\/(\d+)/.exec(userAgent) ?? [];
  const version = Number(major);
  if (manager === 'pnpm') return `pnpm approve-builds && pnpm rebuild ${name}`;
  if (manager === 'yarn' && version === 1) return 'yarn install --force';
  if (manager === 'yarn') return `yarn rebuild ${name}`;
  return version >= 12
    ? `npm install-scripts approve ${name} && npm rebuild ${name}`
    : `npm rebuild ${name}`;
}

/** Opens a database in memory, because the binary is only loaded by the first database. */
function tried(Sqlite: Sqlite): Sqlite {
  new Sqlite(':memory:').close();
  return Sqlite;
}

function load(name: string): Sqlite {
  // The name is only known at run time: loading the other version would crash Node 20.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(name) as Sqlite;
}
