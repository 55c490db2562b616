/** Formats ascending numbers as ranges: `0-14,20`. */
export function encodeRanges(ascending: Iterable<number>): string {
  const ranges: string[] = [];
  let from = -1;
  let to = -1;
  const close = () => {
    if (from >= 0) ranges.push(from === to ? `${from}` : `${from}-${to}`);
  };
  for (const number of ascending) {
    if (number === to + 1 && from >= 0) {
      to = number;
      continue;
    }
    close();
    from = to = number;
  }
  close();
  return ranges.join(',');
}

/** Parses the format of `encodeRanges`. */
export function decodeRanges(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
