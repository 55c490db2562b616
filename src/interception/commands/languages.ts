import path from 'node:path';

/** How the interpreter of a language finds what its scripts load. */
export interface Language {
  /** The names of its interpreters. */
  programs: RegExp;
  /** The names of its scripts and modules. */
  files: RegExp;
  /** What may follow the name of a module. An empty ending stands for the name alone. */
  endings: readonly string[];
  /** Whether a folder is a module. */
  hasPackages?: boolean;
  /** Whether a shell runs its lines. */
  isShell?: boolean;
  /** Whether its programs are mostly given as an argument, and their files are data. */
  isFilter?: boolean;
  /** Whether a script's own path counts as a folder: `File.expand_path('../lib', __FILE__)`. */
  isRelativeToFile?: boolean;
  /** Where modules are looked for, relative to a script, in addition to its folder and the working folder. */
  places?(text: string): readonly string[];
  /** The modules that a text loads, as paths without an ending, relative to wherever they are looked for. */
  loads(text: string): string[];
  /** Matches a text that loads modules whose names it makes at run time. */
  loadsUnknown: RegExp;
}

/** Texts between quotes. */
const QUOTED = /(["'])((?:(?!\1)[^\n\\]){1,200})\1/g;

/** Returns all texts between quotes. */
export function quotedIn(text: string): string[] {
  return [...text.matchAll(QUOTED)].map(([, , quoted = '']) => quoted);
}

const PYTHON: Language = {
  programs: /^(?:python|pypy|uv|pipenv|poetry|coverage|pytest)[\d.]*w?$/,
  files: /\.pyw?$/,
  endings: ['', '.py', '/__init__.py'],
  hasPackages: true,
  // A script that extends the path mostly adds a folder above itself.
  places: (text) => (/\bsys\s*\.\s*path\b|\bsite\b/.test(text) ? ['..', '../..'] : []),
  loads: pythonImports,
  loadsUnknown: /\b(?:importlib|__import__|runpy|pkgutil|exec|execfile|imp)\b/,
};

const RUBY: Language = {
  programs: /^(?:j|t)?ruby[\d.]*$|^(?:rake|rspec|bundle|irb)$/,
  files: /\.(?:rb|rake|gemspec)$|^(?:Rake|Gem)file$/,
  endings: ['.rb', ''],
  isRelativeToFile: true,
  loads: (text) =>
    matches(
      text,
      /\b(?:require_relative|require|load|autoload\s*\(?\s*:\w+\s*,)\s*\(?\s*["']([^"'\n]+)/g,
    ).map((name) => name.replace(/\.rb$/, '')),
  loadsUnknown:
    /\brequire_relative\s*\(?\s*[^"'\s(]|\b(?:require|load)\s*\(?\s*[a-z_]\w*\s*(?:[.)\n}]|$)|\bDir\b|\b(?:require|load)[^\n]{0,300}#\{/,
};

const PERL: Language = {
  programs: /^perl[\d.]*$/,
  files: /\.(?:pl|pm|t)$/,
  endings: ['.pm', ''],
  places: () => ['lib', '../lib'],
  loads: (text) => [
    ...matches(text, /\b(?:use|no|require)\s+([A-Za-z_]\w*(?:::\w+)*)/g)
      .filter(
        (name) => !/^(?:strict|warnings|utf8|vars|feature|lib|constant|parent|base)$/.test(name),
      )
      .map((name) => name.replace(/::/g, '/')),
    ...matches(text, /\b(?:require|do)\s*\(?\s*["']([^"'\n$]+)/g),
  ],
  loadsUnknown: /\b(?:require|do)\s*\(?\s*["']?[$@]|\beval\b/,
};

const PHP: Language = {
  programs: /^php[\d.]*$/,
  files: /\.(?:php|phtml|inc)$/,
  endings: ['', '.php'],
  places: (text) => (text.includes('dirname') ? ['..'] : []),
  loads: (text) =>
    matches(text, /\b(?:include|require)(?:_once)?\b[^;\n]{0,300}?["']([^"'\n$]+)/g).map((name) =>
      name.replace(/^\/+/, ''),
    ),
  loadsUnknown: /\b(?:include|require)(?:_once)?\b[^;\n]{0,300}\$|\bspl_autoload/,
};

const LUA: Language = {
  programs: /^lua(?:jit)?[\d.]*$/,
  files: /\.lua$/,
  endings: ['.lua', '/init.lua', ''],
  loads: (text) => [
    ...matches(text, /\brequire\s*\(?\s*["']([^"'\n]+)/g).map((name) => name.replace(/\./g, '/')),
    ...matches(text, /\b(?:dofile|loadfile)\s*\(?\s*["']([^"'\n]+)/g),
  ],
  loadsUnknown: /\b(?:require|dofile|loadfile)\s*\(\s*[^"'\s]/,
};

const AWK: Language = {
  programs: /^[gmn]?awk$/,
  files: /\.g?awk$/,
  isFilter: true,
  endings: ['', '.awk'],
  loads: (text) => matches(text, /@(?:include|load)\s+"([^"\n]+)"/g),
  loadsUnknown: /(?!)/,
};

const MAKE: Language = {
  programs: /^(?:g|bsd)?make$/,
  files: /\.mk$|^(?:GNUm|M|m)akefile$/,
  endings: [''],
  isShell: true,
  loads: (text) =>
    matches(text, /^[ \t]*[-s]?include\s+([^\n#]+)/gm).flatMap((names) => names.split(/\s+/)),
  loadsUnknown: /^[ \t]*[-s]?include\s[^\n#]*\$\w+(?![\w/])/m,
};

const SHELL: Language = {
  programs: /^(?:ba|da|a|k|mk|z|fi)?sh$/,
  files: /\.(?:ba|da|k|z|fi)?sh$|\.bats$/,
  endings: [''],
  isShell: true,
  loads: (text) => matches(text, SOURCED).map(unquoted),
  loadsUnknown: /(?:^|[\s;&|({])(?:\.|source)\s+(?:["'\w./$-]*\/)?["']?[\w.-]*\$(?![\w]*["']?\/)/m,
};

/** What a shell reads into itself. */
const SOURCED = /(?:^|[\s;&|({])(?:\.|source)\s+((?:"[^"\n]*"|'[^'\n]*'|[^\s;&|)"'])+)/gm;

const LANGUAGES = [SHELL, PYTHON, MAKE, RUBY, PERL, PHP, LUA, AWK];

/** The language that a program interprets, by the program's name or path. */
export function languageOfProgram(program: string): Language | null {
  const name = path.basename(program).replace(/\.exe$/i, '');
  return LANGUAGES.find(({ programs }) => programs.test(name)) ?? null;
}

/** The language of a script, by its name and its first line. Null if Node runs it, or if it is no script. */
export function languageOfScript(file: string, text: string): Language | null {
  const name = path.basename(file);
  const known = LANGUAGES.find(({ files }) => files.test(name));
  if (known !== undefined) return known;
  const first = /^#!([^\n]*)/.exec(text)?.[1] ?? '';
  for (const word of first.split(/\s+/)) {
    const language = languageOfProgram(word);
    if (language !== null) return language;
  }
  return null;
}

/** Whether a file begins like a script for another interpreter than Node. */
export function startsAsScript(start: string): boolean {
  return /^#!(?!.*\bnode\b)/.test(start);
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name.trim());
}

function unquoted(text: string): string {
  return text.replace(/["']/g, '');
}

const IMPORT =
  /(?:^|[;\n:"'])[ \t]*import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)/g;
const FROM = /\bfrom[ \t]+(\.{0,9})[ \t]*([\w.]{0,200})[ \t]+import[ \t]*(\([^)]*\)|[^\n;#"']*)/g;

/** Each package on the way to a module counts too. */
function pythonImports(source: string): string[] {
  const text = source.replace(/\\\r?\n/g, ' ');
  const found = new Set<string>();
  const add = (start: string, name: string): void => {
    const parts = name.split('.').filter(Boolean);
    for (let length = 1; length <= parts.length; length += 1)
      found.add(start + parts.slice(0, length).join('/'));
  };
  for (const [, list = ''] of text.matchAll(IMPORT))
    for (const name of list.split(',')) add('', name.trim().split(/\s/)[0] ?? '');
  for (const [, dots = '', module = '', list = ''] of text.matchAll(FROM)) {
    const start = dots === '' ? '' : './' + '../'.repeat(dots.length - 1);
    add(start, module);
    const names = list.replace(/#[^\n]*/g, '').match(/[A-Za-z_]\w*(?:\s+as\s+\w+)?/g) ?? [];
    for (const name of names) add(start, `${module}.${name.split(/\s/)[0] ?? ''}`);
  }
  return [...found];
}
