import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Files } from './scenario';

/** A test that starts a script with what it loads. Its files are in a folder of the same name. */
interface Case {
  /** Arguments of `spawnSync`, which works in that folder. */
  start: string;
  files: Record<string, string>;
  /** What it loads. */
  loads: readonly string[];
  /** What it would load if it were there. */
  wouldLoad?: readonly string[];
}

const run = (name: string): string => `__tests__/${name}.test.js`;

const CASES: Record<string, Case> = {
  'python-modules': {
    start: "'python3', [at('main.py')], { cwd: at('..') }",
    files: {
      'main.py':
        'import os, helper as h\nfrom named import (one, # first\n  two)\ntry:\n  import fast\nexcept ImportError: pass\n',
      'helper.py': 'from \\\n  deep import x\n',
      'deep.py': 'x = open("data.txt").read()\n',
      'data.txt': '',
      'named.py': 'one = two = 1\n',
    },
    loads: ['helper.py', 'deep.py', 'data.txt', 'named.py'],
    wouldLoad: ['fast.py', 'os.py'],
  },
  'python-packages': {
    start: "'python3', ['-m', 'app.main'], { cwd: at('.') }",
    files: {
      'app/__init__.py': 'from . import setup\n',
      'app/setup.py': '',
      'app/main.py':
        'from .tools.parts import part\nfrom ..app import other\nimport beside.inner\n',
      'app/tools/__init__.py': '',
      'app/tools/parts.py': 'part = 1\n',
      'app/tools/plugin.py': '',
      'beside/inner.py': '',
    },
    loads: ['app/setup.py', 'app/tools/parts.py', 'app/tools/plugin.py', 'beside/inner.py'],
    wouldLoad: ['app/other.py', 'beside.py'],
  },
  'python-code': {
    start: "'python3', ['-c', 'import given; given.run()'], { cwd: at('.') }",
    files: { 'given.py': 'def run(): pass\n' },
    loads: ['given.py'],
  },
  'python-line': {
    start:
      "'PYTHONPATH=lib python3 main && python3 -c \"from quoted import x\"', { shell: true, cwd: at('.') }",
    files: { main: 'import libbed\n', 'lib/libbed.py': '', 'quoted.py': 'x = 1\n' },
    loads: ['lib/libbed.py', 'quoted.py'],
    wouldLoad: ['libbed.py'],
  },
  'python-path': {
    start:
      "'python3', ['scripts/main.py'], { cwd: at('.'), env: { ...process.env, PYTHONPATH: at('extra') } }",
    files: {
      'scripts/main.py':
        'import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent.parent))\nimport above, added\n',
      'above.py': '',
      'extra/added.py': '',
    },
    loads: ['above.py', 'extra/added.py'],
    wouldLoad: ['extra/above.py'],
  },
  'python-by-name': {
    start: "'./tool', { cwd: at('.') }",
    files: {
      tool: '#!/usr/bin/env python3\nimport importlib, sys\nimportlib.import_module("plug_" + sys.argv[-1])\n',
      'plug_a.py': 'import of_plug\n',
      'of_plug.py': '',
    },
    loads: ['plug_a.py', 'of_plug.py'],
    wouldLoad: ['plug_b.py'],
  },
  'shell-sources': {
    start: "'sh', ['main.sh'], { cwd: at('.') }",
    files: {
      'main.sh': '. ./lib.sh\nif [ -f local.sh ]; then . ./local.sh; fi\n',
      'lib.sh': 'source "$(dirname "$0")"/inner\n',
      inner: 'cat data.txt\n',
      'data.txt': '',
    },
    loads: ['lib.sh', 'inner', 'data.txt'],
    wouldLoad: ['local.sh'],
  },
  'shell-folders': {
    start: "at('bin/main'), { cwd: at('..') }",
    files: {
      'bin/main':
        '#!/usr/bin/env bash\nHERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\n. "$HERE/../shared/lib"\nfor part in "$HERE"/parts/*.sh; do . "$part"; done\ncat "$HERE/texts/$1.txt"\n[ -e "${HERE}/own" ] && . "${HERE}/own"\n',
      'shared/lib': 'true\n',
      'bin/parts/one.sh': 'true\n',
      'bin/texts/one.txt': '',
    },
    loads: ['shared/lib', 'bin/parts/one.sh', 'bin/texts/one.txt'],
    wouldLoad: ['bin/own', 'bin/parts/two.sh', 'bin/texts/two.txt'],
  },
  'shell-by-name': {
    start: "'bash', [at('main.sh'), 'one'], { cwd: at('..') }",
    files: { 'main.sh': '. "$(dirname "$0")/$1.sh"\n', 'one.sh': 'true\n' },
    loads: ['one.sh'],
    wouldLoad: ['two.sh'],
  },
  'shell-folder-changed': {
    start: "'cd inner && bash ./main.sh', { shell: true, cwd: at('.') }",
    files: { 'inner/main.sh': '. ../lib.sh\n', 'lib.sh': 'true\n' },
    loads: ['lib.sh'],
  },
  makefile: {
    start: "'make', ['-s', 'all'], { cwd: at('.') }",
    files: {
      Makefile:
        'include settings\ninclude $(CURDIR)/rules/*.mk\n-include local\nall:\n\t@cat made.txt\n\t$(MAKE) -C below\n',
      settings: 'include deeper.mk\n',
      'deeper.mk': '',
      'rules/one.mk': '',
      'made.txt': '',
      'below/Makefile': 'include ../of-below\nall:\n\ttrue\n',
      'of-below': '',
    },
    loads: ['settings', 'deeper.mk', 'rules/one.mk', 'made.txt', 'of-below'],
    wouldLoad: ['local', 'rules/two.mk', 'GNUmakefile'],
  },
  'makefile-named': {
    start: "'make -C below -f other-rules', { shell: true, cwd: at('.') }",
    files: { 'below/other-rules': 'include more\nall:\n\ttrue\n', 'below/more': '' },
    loads: ['below/more'],
  },
  perl: {
    start: "'perl', ['-Iinc', at('bin/main.pl')], { cwd: at('.') }",
    files: {
      'bin/main.pl':
        'use strict;\nuse FindBin;\nuse lib "$FindBin::Bin/../own";\nuse My::Mod;\nuse Beside;\nuse Included;\nrequire "./bin/part.pl";\neval { require Optional };\n',
      'own/My/Mod.pm': '1;\n',
      'bin/Beside.pm': '1;\n',
      'inc/Included.pm': '1;\n',
      'bin/part.pl': '1;\n',
    },
    loads: ['own/My/Mod.pm', 'bin/Beside.pm', 'inc/Included.pm', 'bin/part.pl'],
    wouldLoad: ['bin/Optional.pm'],
  },
  ruby: {
    start: "'ruby', [at('bin/main.rb')], { cwd: at('..') }",
    files: {
      'bin/main.rb':
        "$LOAD_PATH.unshift File.expand_path('../lib', __FILE__)\nrequire 'loaded'\nrequire_relative '../shared/part'\nrequire File.join(__dir__, 'joined')\nbegin; require_relative 'optional'; rescue LoadError; end\n",
      'bin/lib/loaded.rb': '',
      'shared/part.rb': "require_relative 'deeper'\n",
      'shared/deeper.rb': '',
      'bin/joined.rb': '',
    },
    loads: ['bin/lib/loaded.rb', 'shared/part.rb', 'shared/deeper.rb', 'bin/joined.rb'],
    wouldLoad: ['bin/optional.rb'],
  },
  php: {
    start: "'php', [at('main.php')], { cwd: at('..') }",
    files: {
      'main.php': "<?php\nrequire_once __DIR__ . '/lib/part.php';\ninclude 'flat.php';\n",
      'lib/part.php': '',
      'flat.php': '',
    },
    loads: ['lib/part.php', 'flat.php'],
  },
  lua: {
    start: "'lua', ['main.lua'], { cwd: at('.') }",
    files: { 'main.lua': 'local part = require("lib.part")\n', 'lib/part.lua': '' },
    loads: ['lib/part.lua'],
    wouldLoad: ['lib/part/init.lua'],
  },
};

const names = Object.keys(CASES);
const entries = Object.entries(CASES);

function testFile(name: string, start: string): string {
  return `const childProcess = require('child_process');
const at = (file) => require('path').join(__dirname, '../${name}', file);
${testing(`childProcess.spawnSync(${start});`)}`;
}

/** What scripts of other languages than Node's load. What they print is not compared: some are not installed. */
export const scripts: Family = {
  name: 'what scripts of other languages load',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        entries.flatMap(([name, { start, files }]): [keyof Files, string][] => [
          [run(name), testFile(name, start)],
          ...Object.entries(files).map(([file, text]): [string, string] => [
            `${name}/${file}`,
            text,
          ]),
          [`${name}/not-loaded.py`, ''],
          [`${name}/not-loaded.txt`, ''],
        ]),
      ),
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      for (const file of ['python-by-name/tool', 'shell-folders/bin/main'])
        fs.chmodSync(project.path(file), 0o755);
    },
  },
  scenarios: [
    ...longest(({ loads }) => loads).map((at) => ({
      name: `what a script loads, number ${String(at + 1)}`,
      edit: (project: { write(files: Files): void }) => {
        for (const [name, { loads }] of entries)
          if (loads[at] !== undefined) project.write({ [`${name}/${loads[at]}`]: '# other\n' });
      },
      expectRan: names.filter((name) => CASES[name]?.loads[at] !== undefined).map(run),
    })),
    ...longest(({ wouldLoad = [] }) => wouldLoad).map((at) => ({
      name: `what a script would load, number ${String(at + 1)}`,
      edit: (project: { write(files: Files): void }) => {
        for (const [name, { wouldLoad = [] }] of entries)
          if (wouldLoad[at] !== undefined) project.write({ [`${name}/${wouldLoad[at]}`]: '' });
      },
      expectRan: names.filter((name) => CASES[name]?.wouldLoad?.[at] !== undefined).map(run),
    })),
    {
      name: 'what no script loads',
      edit: (project) => {
        for (const name of names) project.write({ [`${name}/not-loaded.txt`]: 'other' });
      },
      expectRan: [],
    },
  ],
};

function longest(of: (given: Case) => readonly string[]): number[] {
  return [...Array(Math.max(...Object.values(CASES).map((given) => of(given).length))).keys()];
}
