/** Whether a stream is a terminal that a person looks at. Output in CI is captured, so it does not count as one. */
export function isTerminal(
  { isTTY }: { isTTY?: boolean },
  { TERM: terminal, CI: ci = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && terminal !== 'dumb' && (ci === '' || ci === 'false' || ci === '0');
}
