import path from 'node:path';

/** Finds in the text of a command what its plain words do not show. It too reads more than there may be. */

/** A word of a shell with quotes or escaped characters in it. */
const WORD = /(?:[^\s"'\\;|&<>()`]|\\.|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')+/g;

const QUOTING = /\\(.)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/g;

/** Returns the words that are quoted or escaped, in part or as a whole, as a shell makes them. */
export function quotedWordsOf(text: string): string[] {
  if (!/["'\\]/.test(text)) return [];
  return [...text.matchAll(WORD)]
    .map(([word]) => word)
    .filter((word) => /["'\\]/.test(word))
    .flatMap((word) => {
      const unquoted = word.replace(
        QUOTING,
        (_, escaped: string | undefined, double: string | undefined, single: string | undefined) =>
          double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? single ?? '',
      );
      return [unquoted, ...unquoted.split('=').slice(1)];
    });
}

/** No more words are made of one pattern with braces. */
const MAX_WORDS = 500;

const BRACES = /(?<!\$)\{(?:([^{}\s]*,[^{}\s]*)|(\w+)\.\.(\w+)(?:\.\.-?(\d+))?)\}/;

/** Returns what a shell makes of words with braces: `x1.txt` and `x2.txt` of `x{1,2}.txt`. */
export function bracedWordsOf(text: string): string[] {
  const words = text.split(/[\s"'`;|&<>()]+/).filter((word) => BRACES.test(word));
  const found: string[] = [];
  for (const word of words) {
    const open = [word];
    for (let next; (next = open.pop()) !== undefined && found.length < MAX_WORDS;) {
      const match = BRACES.exec(next);
      if (match === null) {
        found.push(next);
        continue;
      }
      const [whole, list, from = '', to = '', step = '1'] = match;
      const parts = list === undefined ? range(from, to, Number(step)) : list.split(',');
      for (const part of parts) open.push(next.replace(whole, () => part));
    }
  }
  return found;
}

function range(from: string, to: string, step: number): string[] {
  const isNumeric = /^\d+$/.test(from) && /^\d+$/.test(to);
  const [start, end] = isNumeric
    ? [Number(from), Number(to)]
    : [from.charCodeAt(0), to.charCodeAt(0)];
  const width = isNumeric && /^0\d/.test(from) ? from.length : 0;
  const parts: string[] = [];
  for (let at = Math.min(start, end); at <= Math.max(start, end); at += Math.max(1, step)) {
    parts.push(isNumeric ? String(at).padStart(width, '0') : String.fromCharCode(at));
    if (parts.length > MAX_WORDS) break;
  }
  return parts;
}

/** Returns the words that begin with the folder of the user, as absolute paths. */
export function homeWordsOf(text: string, home: string | undefined): string[] {
  if (home === undefined || home === '') return [];
  return [...text.matchAll(/(?<=^|[\s"'=:(<>])~([\\/][^\s"'`;|&<>():]*)/g)].map(([, rest = '']) =>
    path.join(home, rest),
  );
}

/** Programs of which each operand is mostly the name of a file that they read. */
const READS_OPERANDS = new Set([
  ...['.', 'awk', 'base64', 'cat', 'cksum', 'cmp', 'comm', 'cp', 'cut', 'diff', 'du', 'file', 'gunzip'],
  ...['head', 'join', 'jq', 'less', 'ls', 'md5sum', 'mv', 'nl', 'od', 'paste', 'readlink', 'realpath'],
  ...['rm', 'rmdir', 'sed', 'sh', 'bash', 'sha1sum', 'sha256sum', 'sha512sum', 'shasum', 'sort'],
  ...['source', 'stat', 'strings', 'tac', 'tail', 'tar', 'uniq', 'unzip', 'wc', 'xxd', 'yq', 'zcat'],
]); // prettier-ignore

/** A question of a shell about files. */
const TESTED = /(?:^|[\s;&|(!])(?:test|\[\[?)\s+([^\n;&|]*)/g;

/** A file that a shell reads into a program. */
const REDIRECTED = /(?<!<)<\s*([^\s<>&|;()"'`]+)/g;

/** Questions of other languages about a file, and functions that open one. */
const ASKED =
  /(?:\b(?:\w*exists?\??|is_?file\??|is_?dir\??|file\?|directory\?|is_readable|readable\??|open|read\w*|stat|access|Path|glob|listdir|scandir|getline)|(?<![\w-])-[defrswxzL])\s*[(<]*\s*(["'])((?:(?!\1)[^\n\\]){1,200})\1/g;

const NAME = /^(?![-+\d]*$)[\w.@+~\\/-]{1,200}$/;

/** Returns names that a text asks about, which need not look like paths. */
export function askedNamesOf(text: string, isShell: boolean): string[] {
  const names = [...text.matchAll(ASKED)].map(([, , name = '']) => name);
  if (isShell) {
    for (const [, words = ''] of text.matchAll(TESTED))
      names.push(...words.split(/[\s"'\]]+/).filter((word) => !word.startsWith('-')));
    for (const [, name = ''] of text.matchAll(REDIRECTED)) names.push(name);
  }
  return names.filter((name) => NAME.test(name));
}

/** Returns the operands of a program that reads what these name. */
export function operandsOf([program = '', ...args]: readonly string[]): string[] {
  if (!READS_OPERANDS.has(path.basename(program))) return [];
  return args.filter((arg) => !arg.startsWith('-') && NAME.test(arg));
}

/** Returns the parts of a word that may be the name of a file: `p1` of `-cfp1`, `@p1` and `volume:p1`. */
export function partsOf(word: string): string[] {
  const parts = word.split(/[:@]/).filter((part) => part !== word && part !== '');
  if (/^-[A-Za-z]/.test(word) && word.length < 100)
    for (let at = 2; at < word.length; at += 1) parts.push(word.slice(at));
  return parts;
}

/** Takes names from what it reads: `xargs`, a loop over lines, an option that names a list, `$(cat list)`. */
const TAKES_NAMES =
  /\bxargs\b|\bparallel\b|(?:^|[\s;&|])read\s|\b(?:mapfile|readarray)\b|\$\(\s*(?:<|(?:cat|head|tail|sort|uniq|grep|sed|awk|cut|tr|jq)\b)|`\s*(?:cat|head|tail|sort|uniq|grep|sed|awk|cut|jq)\b|--files?0?-from\b|\bcpio\b|(?:^|\s)tar\s[^\n;|&]*-\w*T|(?:^|\s)@[\w./]/;

/** Whether files may be read whose names stand in what the text names. */
export function takesNames(text: string): boolean {
  return TAKES_NAMES.test(text);
}

/** Programs whose names of files are all known to us, if names are taken from what they print. */
const TELLS_KNOWN_NAMES =
  /^(?:cat|head|tail|sort|uniq|grep|egrep|fgrep|rg|sed|cut|tr|echo|printf|find|fd|ls|dir|seq|xargs|read|while|for|do|done|if|then|git|tee|basename|dirname)$/;

/** Whether names of files come from a program of which nothing is known: `node names.js | xargs cat`. */
export function takesUnknownNames(text: string): boolean {
  return [
    ...text.matchAll(/([^\n;&|()`]*)\|\s*(?:xargs|parallel|while\s+(?:IFS=\S*\s+)?read)\b/g),
  ].some(([, before = '']) => {
    const [program = ''] = before.trim().split(/\s+/);
    return !TELLS_KNOWN_NAMES.test(path.basename(program.replace(/^[("'`]+/, '')));
  });
}

/** Runs what another program prints as a script. */
export function runsPrinted(text: string): boolean {
  return /\|\s*(?:sudo\s+)?(?:(?:ba|da|a|k|mk|z)?sh|python[\d.]*|perl|ruby|php)(?:\s+-s?)?\s*(?=$|[;&|)\n])/.test(
    text.replace(/(?:echo|printf)\s[^|\n]*\|/g, ' '),
  );
}

/** Programs that read a script from their standard input if none is given. */
const READS_SCRIPT =
  /^(?:(?:ba|da|a|k|mk|z|fi)?sh|(?:python|pypy|ruby|perl|php|lua)[\d.]*)(?:\.exe)?$/;

/** Whether a program reads its script from its standard input. @param words Its name and its arguments. */
export function readsScript([program = '', ...args]: readonly string[]): boolean {
  if (!READS_SCRIPT.test(path.basename(program))) return false;
  return (
    args.every((arg) => /^-(?:[eiuxslB]*)$/.test(arg)) || args.some((arg) => /^-s?$/.test(arg))
  );
}
