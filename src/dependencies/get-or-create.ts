/** What a map holds by a key; where it holds nothing, that is made and kept. */
export function getOrCreate<K, V extends object | string | null>(
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
