import type BetterSqlite3 from 'better-sqlite3';

/** The API of better-sqlite3, whichever version of it this process uses. */
export type Sqlite = typeof BetterSqlite3;

/** Ships its binaries: it needs neither an install script nor a compiler. It crashes Node 20. */
const WITH_BINARIES = 'better-sqlite3';

/** Version 12 under an alias, which its install script downloads or compiles; for Node 20 and rare platforms. */
const BUILT_ON_INSTALLATION = 'better-sqlite3-node20';

/**
 * Loads SQLite when it is first needed, so that a missing binary is one sentence and no crash at start.
 * @throws What `require` or the first database throws where no binary fits this machine.
 */
export function loadSqlite(): Sqlite {
  if (sqlitePackage() === BUILT_ON_INSTALLATION) return load(BUILT_ON_INSTALLATION);
  try {
    return tried(load(WITH_BINARIES));
  } catch (error) {
    try {
      return tried(load(BUILT_ON_INSTALLATION));
    } catch {
      // It is optional: what the user should hear of is the package that was meant.
      throw error;
    }
  }
}

/**
 * The package that holds SQLite for a Node.
 * @param nodeVersion As in `process.versions.node`.
 */
export function sqlitePackage(nodeVersion: string = process.versions.node): string {
  return Number.parseInt(nodeVersion, 10) >= 22 ? WITH_BINARIES : BUILT_ON_INSTALLATION;
}

/**
 * The command that builds the package where a package manager ran no install scripts, as npm 12 and pnpm do by default.
 * @param userAgent As package managers leave it in `npm_config_user_agent`: `npm/12.0.1 node/v24.1.0 linux x64`.
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

/** The binary is loaded by the first database. */
function tried(Sqlite: Sqlite): Sqlite {
  new Sqlite(':memory:').close();
  return Sqlite;
}

function load(name: string): Sqlite {
  // The name is made at run time: loading the other version would crash Node 20.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(name) as Sqlite;
}
