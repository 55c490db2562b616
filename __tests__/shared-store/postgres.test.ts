import { openEngine } from '../../src/shared-store/open-engine';
import { someBundle, soon } from './servers/bundles';
import { startPostgres, type TestPostgres } from './servers/postgres';

jest.setTimeout(60_000);

describe('PostgreSQL decides who may do what', () => {
  let server: TestPostgres;
  const suffix = `${process.pid}_${Date.now().toString(36)}`;
  const names = {
    testmon_reader: `reader_${suffix}`,
    testmon_main: `main_${suffix}`,
    testmon_ci: `ci_${suffix}`,
    testmon_compactor: `compactor_${suffix}`,
    outsider: `outsider_${suffix}`,
  };
  const PASSWORD = 'not for "you"';
  const as = (role: keyof typeof names) => openEngine(server.urlFor(names[role], PASSWORD));

  beforeAll(async () => {
    server = await startPostgres();
    for (const role of Object.values(names))
      await server.admin(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
    const { testmon_reader, testmon_main, testmon_ci, testmon_compactor } = names;
    await server.admin(
      `GRANT ${testmon_reader} TO ${testmon_main}, ${testmon_ci}, ${testmon_compactor}`,
    );

    const engine = await openEngine(server.url);
    const grants = (await engine.initialise(soon())).slice(1).join('\n');
    await engine.close();
    // What a person is told to do, word by word: only the names and scopes are theirs.
    const forRole = (writer: string, scope: string) =>
      grants
        .replace(/^.*:\n/, '')
        .replaceAll('testmon_ci', writer)
        .replaceAll('testmon_reader', testmon_reader)
        .replaceAll('testmon_compactor', testmon_compactor)
        .replace("'main'", `'${scope}'`);
    await server.admin(forRole(testmon_main, 'main'));
    await server.admin(forRole(testmon_ci, 'pr/*'));
    await server.admin(forRole(testmon_compactor, '*'));
  }, 60_000);

  afterAll(async () => {
    await server.admin(`DROP OWNED BY ${Object.values(names).join()}`);
    await server.admin(`DROP ROLE ${Object.values(names).join()}`);
    await server.stop();
  }, 30_000);

  it('a writer of pull requests changes nothing that main reads', async () => {
    const main = await as('testmon_main');
    const { name, content } = someBundle();
    await main.put('main', name, content, soon());
    const before = await main.list(['main'], soon());

    const ci = await as('testmon_ci');
    const forged = someBundle();
    for (const scope of ['main', 'pr', 'main/x', 'apr/7', 'PR/7'])
      await expect(ci.put(scope, forged.name, forged.content, soon())).rejects.toMatchObject({
        reason: 'denied',
      });
    await expect(ci.remove(before, soon())).rejects.toMatchObject({ reason: 'denied' });
    // Nor by its own statements, which need not be ours.
    const { Client } = await import('pg');
    const client = new Client({ connectionString: server.urlFor(names.testmon_ci, PASSWORD) });
    await client.connect();
    for (const statement of [
      "INSERT INTO testmon.bundle (scope, name, content) VALUES ('main', 'x', 'x')",
      "INSERT INTO testmon.bundle (scope, name, content, pushed_by) VALUES ('pr/7', 'x', 'x', 'admin')",
      `UPDATE testmon.bundle SET content = 'x'`,
      `UPDATE testmon.bundle SET scope = 'main' WHERE scope = 'pr/7'`,
      `DELETE FROM testmon.bundle`,
      `TRUNCATE testmon.bundle`,
      `DROP TABLE testmon.bundle`,
      `ALTER TABLE testmon.bundle DISABLE ROW LEVEL SECURITY`,
      `INSERT INTO testmon.writer VALUES (current_user, 'main')`,
      `UPDATE testmon.writer SET scope = '*'`,
      `INSERT INTO testmon.migration VALUES (2)`,
      `CREATE TABLE testmon.other ()`,
      `CREATE OR REPLACE FUNCTION testmon.may_write(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
      `CREATE POLICY mine ON testmon.bundle FOR INSERT WITH CHECK (true)`,
      `SET ROLE ${names.testmon_main}`,
      `SET row_security = off; INSERT INTO testmon.bundle (scope, name, content) VALUES ('main', 'x', 'x')`,
    ])
      await expect(client.query(statement).then(() => statement)).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|42P13|42939)$/) as string,
      });
    await client.end();
    expect(await main.list(['main'], soon())).toEqual(before);
    const found = await main.get({ scope: 'main', name, bytes: 1 }, soon());
    expect(Buffer.from(found).equals(content)).toBe(true);

    await ci.put('pr/7', forged.name, forged.content, soon());
    expect(await main.list(['pr/7'], soon())).toHaveLength(1);
    await Promise.all([main.close(), ci.close()]);
  });

  it('roles do not see each other’s pins', async () => {
    const ci = await as('testmon_ci');
    const main = await as('testmon_main');
    expect(await ci.pin?.('run', 'of the pull request', soon())).toBe('of the pull request');
    expect(await main.pin?.('run', 'of main', soon())).toBe('of main');
    expect(await ci.pin?.('run', 'again', soon())).toBe('of the pull request');
    await Promise.all([main.close(), ci.close()]);
  });

  it('a reader reads, and nothing else', async () => {
    const reader = await as('testmon_reader');
    const { name, content } = someBundle();
    expect((await reader.list(['main'], soon())).length).toBeGreaterThan(0);
    for (const scope of ['main', 'pr/7', 'laptop'])
      await expect(reader.put(scope, name, content, soon())).rejects.toMatchObject({
        reason: 'denied',
      });
    await expect(reader.pin?.('run', 'value', soon())).rejects.toMatchObject({ reason: 'denied' });
    // Ready is ready, whoever asks.
    expect((await reader.initialise(soon()))[0]).toMatch(/are ready/);
    await reader.close();
  });

  it('a compactor puts one bundle in the place of many', async () => {
    const main = await as('testmon_main');
    const made = [someBundle(), someBundle(), someBundle()];
    for (const { name, content } of made) await main.put('main', name, content, soon());
    const all = await main.list(['main'], soon());
    await expect(main.remove(all, soon())).rejects.toMatchObject({ reason: 'denied' });
    const compactor = await as('testmon_compactor');
    const snapshot = someBundle(400);
    await compactor.put('main', snapshot.name, snapshot.content, soon());
    await compactor.remove(all, soon());
    expect(await main.list(['main'], soon())).toEqual([
      { scope: 'main', name: snapshot.name, bytes: 400 },
    ]);
    await Promise.all([main.close(), compactor.close()]);
  });

  it('who may nothing is told so, without a password', async () => {
    const outsider = await as('outsider');
    await expect(outsider.list(['main'], soon())).rejects.toMatchObject({ reason: 'denied' });
    await expect(outsider.initialise(soon())).rejects.toMatchObject({ reason: 'denied' });
    await outsider.close();
    const wrong = await openEngine(server.urlFor(names.outsider, 'another: secret'));
    const error = (await wrong.list(['main'], soon()).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ reason: 'denied' });
    expect(`${error.message} ${error.stack}`).not.toMatch(/secret/);
    await wrong.close();
  });

  it('says what to do where there are no tables, and makes them once', async () => {
    const url = new URL(server.url);
    url.searchParams.set('schema', 'other_team');
    const engines = await Promise.all([1, 2, 3].map(() => openEngine(url.href)));
    const [first] = engines;
    await expect(first?.list(['main'], soon())).rejects.toMatchObject({
      reason: 'unprepared',
      message: expect.stringContaining('shared init') as string,
    });
    await Promise.all(engines.map((engine) => engine.initialise(soon())));
    const [count] = await server.admin<{ count: string }>(
      'SELECT count(*) FROM other_team.migration',
    );
    expect(count?.count).toBe('1');
    expect(await first?.list(['main'], soon())).toEqual([]);
    const missing = new URL(server.url);
    missing.pathname = '/nowhere';
    const nowhere = await openEngine(missing.href);
    await expect(nowhere.list(['main'], soon())).rejects.toMatchObject({ reason: 'unprepared' });
    await Promise.all([nowhere, ...engines].map((engine) => engine.close()));
  });
});
