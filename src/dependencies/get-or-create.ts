/**
 * Returns the value of a key in a map. If there is none, creates and stores it.
 * @param make Creates the value. It must not return undefined.
 */
export function getOrCreate<K, V extends object | string | boolean | null>(
  map: Map<K, V>,
  key: K,
  make: () => V,
): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
