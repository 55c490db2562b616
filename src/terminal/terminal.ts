/** Whether what is written to a stream is drawn on a terminal that a person looks at: one of CI's is captured. */
export function isTerminal(
  { isTTY }: { isTTY?: boolean },
  { TERM: terminal, CI: ci = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && terminal !== 'dumb' && (ci === '' || ci === 'false' || ci === '0');
}
