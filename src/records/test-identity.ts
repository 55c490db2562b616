/** What names a test in its file. */
export interface TestIdentity {
  /** The titles of the describe blocks around the test, then its own. */
  name: string[];
  /** Counts tests of equal name in the order in which they are defined, from 0. */
  ordinal: number;
}

/** Keeps nothing alive and always answers alike, so that all modules can share it. */
const keys = new WeakMap<TestIdentity, string>();

/** A test as a key; made once for each identity, as several events tell of the same. */
export function testKey(identity: TestIdentity): string {
  let key = keys.get(identity);
  if (key === undefined) {
    key = JSON.stringify([identity.ordinal, ...identity.name]);
    keys.set(identity, key);
  }
  return key;
}

/**
 * What names each test of a file.
 * @param tests All of them, in the order in which they are defined.
 * @param nameOf The titles around a test, and its own.
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
 * Tests in groups of those whose names read the same: Jest joins the titles with spaces. Those of one full name count
 * their snapshots together, so they run together or not at all.
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
