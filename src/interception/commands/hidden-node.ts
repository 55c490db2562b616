/** Commands that start Node without the variable by which it loads the hook. Nothing tells then what it does. */

/** A value of the variable that keeps what was in it. */
const EXTENDS = /\bNODE_OPTIONS\s*=\s*(?:"[^"\n$]*|'[^'\n$]*|[^\s;&|$]*)\$\{?NODE_OPTIONS\b/g;

/** Sets the variable, takes it away, or starts a program with few variables or as somebody else. */
const HIDES =
  /\bNODE_OPTIONS\s*=|(?:\bunset|\s-u|\s--unset)\b[^\n;&|]*\bNODE_OPTIONS\b|(?:^|[\s;&|(/])env\s+(?:-\S+\s+)*?-(?:[a-zA-Z]*i[a-zA-Z]*|-ignore-environment)?(?=\s)|\bexec\s+-\w*c|(?:^|[\s;&|(])(?:sudo|doas|su|runuser|chroot)\s/;

/** Names of programs that are Node, or are mostly run by it, and paths of scripts and local programs. */
const OF_NODE =
  /\b(?:node|nodejs|npm|npx|pnpm|pnpx|yarn|corepack|tsx|ts-node|tsc|jest|vitest|mocha)\b|\.[cm]?[jt]s\b|(?:^|[\s"'=])\.{0,2}\/?[\w.-]+\/[\w./-]+/;

/**
 * Whether a command may start Node so that it does not report what it does.
 * @param text A shell command, or the words of a command.
 */
export function hidesNode(text: string): boolean {
  const rest = text.replace(EXTENDS, '');
  return HIDES.test(rest) && OF_NODE.test(rest);
}
