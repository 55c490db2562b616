/** Identifies a test within its file. */
export interface TestIdentity {
  /** The titles of the describe blocks around the test, then its own. */
  name: string[];
  /** The index among the tests with the same name, in the order of definition. */
  ordinal: number;
}

/** A cache. Safe to share between all modules, as it depends on nothing else and does not keep its keys alive. */
const keys = new WeakMap<TestIdentity, string>();

/** Returns a map key for a test. Cached, because several events refer to the same test. */
export function testKey(identity: TestIdentity): string {
  let key = keys.get(identity);
  if (key === undefined) {
    key = JSON.stringify([identity.ordinal, ...identity.name]);
    keys.set(identity, key);
  }
  return key;
}

/**
 * Identifies each test of a file.
 * @param tests All tests of the file, in the order of definition.
 * @param nameOf Returns the titles of the describe blocks around a test, then its own.
 */
export function identify<T>(
  tests: Iterable<T>,
  nameOf: (test: T) => string[],
): Map<T, TestIdentity> {
  const counts = new Map<string, number>();
  const identities = new Map<T, TestIdentity>();
  for (const test of tests) {
    const name = nameOf(test);
    const key = JSON.stringify(name);
    const ordinal = counts.get(key) ?? 0;
    counts.set(key, ordinal + 1);
    identities.set(test, { name, ordinal });
  }
  return identities;
}

/**
 * Groups tests by full name, for which Jest joins the titles with spaces. Tests with the same full name share a
 * snapshot counter, so they must run together or not at all.
 */
export function byFullName<T>(identities: ReadonlyMap<T, TestIdentity>): [T, TestIdentity][][] {
  const groups = new Map<string, [T, TestIdentity][]>();
  for (const entry of identities) {
    const name = entry[1].name.join(' ');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
