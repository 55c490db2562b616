/** What a unified diff says of one file. */
export interface FileDiff {
  /** Its path, without a prefix such as `a/`. Null for a file that was not there before. */
  before: string | null;
  /** Its path afterwards. Null for a file that is gone. */
  after: string | null;
  /** Null where the diff does not say how the content changed, as of a binary file. */
  hunks: Hunk[] | null;
}

/** A part of a file. */
export interface Hunk {
  /** Number of its first line before, from 1. */
  before: number;
  /** The same after. */
  after: number;
  /** Its lines, each with its line break. */
  lines: { kind: ' ' | '-' | '+'; text: string }[];
}

/** Takes a unified diff apart, as `git diff` and `diff -u` write it. What is no part of a diff is passed over. */
export function parseDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  const lines = withoutColours(text).split('\n');
  let file: FileDiff | null = null;
  /** Whether git has named the file, so that the next two names are its own. */
  let isNamed = false;
  const begin = (before: string | null, after: string | null): FileDiff => {
    const begun: FileDiff = { before, after, hunks: [] };
    files.push(begun);
    return begun;
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const header = /^diff --git (.+?)\r?$/.exec(line);
    const merged = /^(?:diff --(?:cc|combined)|\* Unmerged path) (.+?)\r?$/.exec(line);
    if (header !== null) {
      file = begin(...withoutGitPrefixes(...namesInHeader(header[1] ?? '')));
      isNamed = true;
    } else if (merged !== null) {
      // A merge is compared with several sides at once.
      const name = unquote(merged[1] ?? '');
      file = begin(name, name);
      file.hunks = null;
      isNamed = true;
    } else if (line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ') === true) {
      if (!isNamed)
        file = begin(...withoutPrefixes(nameAfter(line), nameAfter(lines[at + 1] ?? '')));
      isNamed = false;
      at += 1;
    } else if (file !== null && line.startsWith('@@ ')) {
      const [hunk, last] = readHunk(lines, at);
      if (hunk !== null) file.hunks?.push(hunk);
      at = last;
    } else if (file !== null) noteHeader(file, line);
  }
  return files;
}

/** Git colours a diff in a pipe too, where its config says so. A source may contain such characters by itself. */
function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  const colour = /\x1b\[[\d;]*[mK]/g;
  // eslint-disable-next-line no-control-regex
  return /^\x1b\[[\d;]*m(?:diff |--- )/m.test(text) ? text.replace(colour, '') : text;
}

/** Lines between the names of a file and its content. Names there have no prefix. */
function noteHeader(file: FileDiff, line: string): void {
  if (line.startsWith('new file mode ')) file.before = null;
  else if (line.startsWith('deleted file mode ')) file.after = null;
  else if (/^(rename|copy) from /.test(line)) file.before = nameBehind(line, ' from ');
  else if (/^(rename|copy) to /.test(line)) file.after = nameBehind(line, ' to ');
  else if (/^(Binary files .* differ|GIT binary patch)$/.test(line)) file.hunks = null;
}

function nameBehind(line: string, words: string): string {
  return unquote(line.slice(line.indexOf(words) + words.length).replace(/\r$/, ''));
}

/** The name in a line such as `--- a/x`, which `diff -u` ends with a time. */
function nameAfter(line: string): string | null {
  const name = unquote(line.slice(4).replace(/\t.*$/, '').replace(/\r$/, ''));
  return name === '/dev/null' ? null : name;
}

/** Git writes `a/` and `b/` before the two names, or other letters, unless it is told not to. */
function withoutPrefixes<Before extends string | null, After extends string | null>(
  before: Before,
  after: After,
): [Before, After] {
  const [one, other] = [before, after].map((name) =>
    name === null ? null : /^([a-z])\//.exec(name)?.[1],
  );
  if (one === undefined || other === undefined || one === other) return [before, after];
  const strip = <Name extends string | null>(name: Name) => (name?.slice(2) ?? null) as Name;
  return [strip(before), strip(after)];
}

/**
 * The names in git's own line are equal but for their prefixes, which may be any. Where a file is moved, lines that follow
 * name it.
 */
function withoutGitPrefixes(before: string, after: string): [string, string] {
  const short = withoutPrefixes(before, after);
  if (short[0] !== before || before === after) return short;
  const [one, other] = [before.split('/'), after.split('/')];
  let same = 0;
  while (same < one.length && one.at(-1 - same) === other.at(-1 - same)) same += 1;
  return same === 0 ? short : [one.slice(-same).join('/'), other.slice(-same).join('/')];
}

/** The two names in the first line of a file: alike but for their prefixes, unless lines that follow say otherwise. */
function namesInHeader(text: string): [string, string] {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(text);
  if (quoted !== null) return [unquote(quoted[1] ?? ''), unquote(quoted[2] ?? '')];
  // A name that holds blanks: both halves are of one length.
  const half = (text.length - 1) / 2;
  return [text.slice(0, half), text.slice(half + 1)];
}

/** Git writes a name that holds unusual characters as a text of C. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  const body = name.slice(1, name.lastIndexOf('"'));
  for (const [, octal, escaped, plain = ''] of body.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else bytes.push(...Buffer.from(escaped === undefined ? plain : (ESCAPES[escaped] ?? escaped)));
  }
  return Buffer.from(bytes).toString();
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** @returns The hunk, and the index of its last line. */
function readHunk(lines: readonly string[], at: number): [Hunk | null, number] {
  const numbers = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(lines[at] ?? '');
  if (numbers === null) return [null, at];
  const [, before, beforeCount = '1', after, afterCount = '1'] = numbers;
  const hunk: Hunk = { before: Number(before), after: Number(after), lines: [] };
  let [left, right] = [Number(beforeCount), Number(afterCount)];
  let last = at;
  while (left > 0 || right > 0) {
    const line = lines[last + 1];
    if (line === undefined) break;
    // Editors and mail drop the blank of an empty line.
    const kind = line === '' ? ' ' : line[0];
    if (kind === '\\') endWithout(hunk);
    else if (kind === ' ' || kind === '-' || kind === '+') {
      hunk.lines.push({ kind, text: `${line.slice(1)}\n` });
      if (kind !== '+') left -= 1;
      if (kind !== '-') right -= 1;
    } else break;
    last += 1;
  }
  if (lines[last + 1]?.startsWith('\\') === true) {
    endWithout(hunk);
    last += 1;
  }
  return [hunk, last];
}

/** The last line read ends without a line break. */
function endWithout(hunk: Hunk): void {
  const line = hunk.lines.at(-1);
  if (line !== undefined) line.text = line.text.replace(/\n$/, '');
}

/**
 * Applies the hunks of a file.
 * @param backwards Takes the change back.
 * @returns Null where the text is another one than the hunks tell of.
 */
export function applyHunks(text: string, hunks: readonly Hunk[], backwards = false): string | null {
  const lines = text.split(/(?<=\n)/);
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const first = backwards ? hunk.after : hunk.before;
    const old = hunk.lines.filter(({ kind }) => kind !== (backwards ? '-' : '+'));
    // What is put behind a line names that line.
    const from = old.length === 0 ? first : first - 1;
    if (from < at || old.some((line, index) => lines[from + index] !== line.text)) return null;
    const fresh = hunk.lines.filter(({ kind }) => kind !== (backwards ? '+' : '-'));
    result.push(...lines.slice(at, from), ...fresh.map((line) => line.text));
    at = from + old.length;
  }
  return [...result, ...lines.slice(at)].join('');
}
