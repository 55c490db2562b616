import { change, put, remove, type Maker, type Operation } from './model';

/** An operation on environment variables. */
export function variableOperation({ dice, unique }: Maker): Operation {
  const name = `FUZZ_${unique.toUpperCase()}`;
  const ways: Record<string, string> = {
    'process.env.X': `return process.env.${name} ?? null`,
    'process.env[x]': `const n = ${JSON.stringify(name)}; return process.env[n] ?? null`,
    in: `return ${JSON.stringify(name)} in process.env`,
    destructured: `const { ${name} = 'default' } = process.env; return ${name}`,
    'Object.keys': `return Object.keys(process.env).includes(${JSON.stringify(name)})`,
    'for in': `for (const k in process.env) if (k === ${JSON.stringify(name)}) return k; return null`,
    spread: `return { ...process.env }.${name} ?? null`,
    'Object.entries': `return Object.entries(process.env).filter(([k]) => k === ${JSON.stringify(name)})`,
    hasOwn: `return Object.hasOwn(process.env, ${JSON.stringify(name)})`,
    'JSON.stringify': `return JSON.parse(JSON.stringify(process.env)).${name} ?? null`,
    'require(process)': `return require('process').env.${name} ?? null`,
    getOwnPropertyDescriptor: `return Object.getOwnPropertyDescriptor(process.env, ${JSON.stringify(name)})?.value ?? null`,
    'given to a child': `return require('child_process').execFileSync(process.execPath, ['-p', 'process.env.${name}'], { encoding: 'utf8', env: process.env })`,
    'named by a shell command': `return require('child_process').execSync('echo "$${name}"', { encoding: 'utf8' })`,
  };
  const way = dice.one(Object.keys(ways));
  return {
    kind: `variable ${way}`,
    code: `${ways[way] ?? ''};`,
    entries: {},
    changes: [
      change('variable set', { do: 'variable', name, value: dice.word() }),
      change('variable set to nothing', { do: 'variable', name, value: '' }),
    ],
  };
}

/** An operation that runs a program other than Node on files that its command, or its script, names. */
export function programOperation({ dice, folder }: Maker): Operation {
  const script = (text: string): string => `#!/bin/sh\ncd "$(dirname "$0")"\n${text}\n`;
  const ways: Record<string, string> = {
    'cat, execFile': `return run.execFileSync('cat', ['in.txt'], O)`,
    'cat, shell': `return run.execSync('cat in.txt', O)`,
    'cat, absolute': `return run.execFileSync('cat', [__dirname + '/in.txt'], O)`,
    redirected: `return run.execSync('wc -c < in.txt', O)`,
    piped: `return run.execSync('cat "in.txt" | sort', O)`,
    'test -e': `return run.execSync('if [ -e maybe.txt ]; then echo yes; else echo no; fi', O)`,
    'test -f, status': `return run.spawnSync('test', ['-f', 'maybe.txt'], O).status`,
    ls: `return run.execFileSync('ls', ['dir'], O)`,
    'ls -a of a folder': `return run.execSync('ls -a dir', O)`,
    find: `return run.execSync('find dir | sort', O)`,
    'grep -r': `return run.spawnSync('grep', ['-rh', 'w', 'dir'], O).stdout.split('\\n').sort()`,
    'sh script': `return run.execFileSync('sh', [__dirname + '/script.sh'], O)`,
    'sh script, relative': `return run.execFileSync('sh', ['script.sh'], O)`,
    'sh -c, cd': `return run.execSync('cd dir && cat a.txt', O)`,
    'head of two': `return run.spawnSync('head', ['-c', '20', 'in.txt', 'maybe.txt'], O).stdout`,
    diff: `return run.spawnSync('diff', ['in.txt', 'dir/a.txt'], O).stdout`,
    'spawn, asynchronous': `return await new Promise((y) => { let t = ''; const c = run.spawn('cat', ['in.txt', 'maybe.txt'], O); c.stdout.on('data', (d) => (t += d)); c.on('close', () => y(t)) })`,
    'option=path': `return run.spawnSync('sort', ['--files0-from=list.txt'], O).status + run.spawnSync('sed', ['--expression=s/w/v/', 'in.txt'], O).stdout`,
  };
  const way = dice.one(Object.keys(ways));
  const at = (name: string): string => `${folder}/${name}`;
  return {
    kind: `program ${way}`,
    code: `const run = require('child_process'); const O = { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };\n${ways[way] ?? ''};`,
    entries: {
      [at('in.txt')]: dice.word(),
      [at('list.txt')]: 'in.txt',
      [at('dir/a.txt')]: dice.word(),
      [at('dir/b/c.txt')]: dice.word(),
      [at('script.sh')]: script(`cat in.txt\n[ -e maybe.txt ] && echo yes\ncat dir/a.txt`),
    },
    changes: [
      change('file edited', put(at('in.txt'), `${dice.word()}yy`)),
      change('file removed', remove(at('in.txt'))),
      change('missing file appears', put(at('maybe.txt'), dice.word())),
      change('file in a folder edited', put(at('dir/a.txt'), dice.word())),
      change('file appears in a folder', put(at('dir/new.txt'), dice.word())),
      change('file deeper edited', put(at('dir/b/c.txt'), dice.word())),
      change('file deeper appears', put(at('dir/b/d.txt'), dice.word())),
      change('folder removed', remove(at('dir'))),
      change('script edited', put(at('script.sh'), script('echo other'))),
    ],
  };
}

/** An operation on a value that the transformer writes into the code: `__FUZZ__(kind, argument)`. */
export function macroOperation({ dice, folder, unique }: Maker): Operation {
  const variable = `FUZZ_${unique.toUpperCase()}`;
  const kinds: Record<string, string> = {
    read: 'x.txt',
    'read dot file': '.env',
    'read in a dotted folder': '.config/x.txt',
    'read dotted rc': '.fuzzrc',
    'read or default': 'maybe.txt',
    'read dot file or default': '.maybe',
    'read, promises': 'x.txt',
    exists: 'maybe.txt',
    stat: 'x.txt',
    list: 'dir',
    'list recursively': 'dir',
    require: './mod.cjs',
    resolve: './opt',
    'require, optional': './opt',
    link: 'link',
    real: 'link',
    variable: variable,
    'variable in': variable,
    variables: variable,
    child: './child.cjs',
    'child reads': './child.cjs',
    json: './conf.json',
    tsconfig: 'tsconfig.json',
    'package field': 'package.json',
    'find up': '.fuzzrc',
    program: 'x.txt',
  };
  const kind = dice.one(Object.keys(kinds));
  const at = (name: string): string => `${folder}/${name}`;
  const word = (): string => dice.word();
  return {
    kind: `macro ${kind}`,
    macro: true,
    code: `return __FUZZ__(${JSON.stringify(kind)}, ${JSON.stringify(kinds[kind])});`,
    entries: {
      [at('x.txt')]: word(),
      [at('.env')]: word(),
      [at('.config/x.txt')]: word(),
      [at('dir/a.txt')]: word(),
      [at('dir/b/c.txt')]: word(),
      [at('mod.cjs')]: `module.exports = require('./dep.cjs') + ${JSON.stringify(word())};`,
      [at('dep.cjs')]: `module.exports = ${JSON.stringify(word())};`,
      [at('child.cjs')]:
        `console.log(require('fs').readFileSync(__dirname + '/x.txt', 'utf8') + require('./dep.cjs') + require('fs').existsSync(__dirname + '/maybe.txt'))`,
      [at('conf.json')]: JSON.stringify({ value: word() }),
      [at('link')]: { linkTo: 'x.txt' },
      [at('tsconfig.json')]: JSON.stringify({ value: word() }),
    },
    changes: [
      change('x.txt edited', put(at('x.txt'), word())),
      change('x.txt removed', remove(at('x.txt'))),
      change('.env edited', put(at('.env'), word())),
      change('dotted folder edited', put(at('.config/x.txt'), word())),
      change('.fuzzrc appears', put(at('.fuzzrc'), word())),
      change('.fuzzrc appears above', put('.fuzzrc', word())),
      change('maybe.txt appears', put(at('maybe.txt'), word())),
      change('.maybe appears', put(at('.maybe'), word())),
      change('file appears in dir', put(at('dir/new.txt'), word())),
      change('dot file appears in dir', put(at('dir/.new'), word())),
      change('file appears deeper in dir', put(at('dir/b/new.txt'), word())),
      change('module edited', put(at('mod.cjs'), `module.exports = ${JSON.stringify(word())};`)),
      change(
        'dependency of the module edited',
        put(at('dep.cjs'), `module.exports = ${JSON.stringify(word())};`),
      ),
      change(
        'optional module appears',
        put(at('opt.js'), `module.exports = ${JSON.stringify(word())};`),
      ),
      change(
        'optional module appears as a folder',
        put(at('opt/index.js'), `module.exports = ${JSON.stringify(word())};`),
      ),
      change('link leads elsewhere', remove(at('link')), put(at('link'), { linkTo: '.env' })),
      change('conf.json edited', put(at('conf.json'), JSON.stringify({ value: word() }))),
      change('tsconfig.json edited', put(at('tsconfig.json'), JSON.stringify({ value: word() }))),
      change('package.json appears', put(at('package.json'), JSON.stringify({ value: word() }))),
      change('child edited', put(at('child.cjs'), 'console.log(1)')),
      change('variable set', { do: 'variable', name: variable, value: word() }),
    ],
  };
}

/** Configuration that a tool looks up beside a source file, or above it. */
export function configOperation({ dice, folder, features }: Maker): Operation {
  const [cell] = folder.split('/');
  const at = (name: string): string =>
    `${dice.one([folder, cell ?? folder, '.'])}/${name}`.replace(/^\.\//, '');
  const swap = (from: string): string =>
    JSON.stringify({ plugins: [[`./${from}`, { word: dice.word() }]] });
  const plugin = `module.exports = (_, o) => ({ visitor: { Identifier(p) { if (p.node.name === 'FUZZ_WORD') p.node.name = 'FUZZ_' + o.word; } } });`;
  const browsers = (): string =>
    dice.one(['ie 11', 'chrome 40', 'chrome 120', 'node 6', 'node 20']);
  return {
    kind: 'config found from a source',
    code: `return String(async (a) => { const FUZZ_WORD = a ** 2; return FUZZ_WORD?.b ?? class { #x = 1 }; })`,
    entries: { [`${folder}/swap.cjs`]: plugin },
    changes: features.flavour.startsWith('babel')
      ? [
          change('.babelrc appears', put(`${folder}/.babelrc`, swap('swap.cjs'))),
          change('.babelrc.json appears', put(`${folder}/.babelrc.json`, swap('swap.cjs'))),
          change(
            '.babelrc.js appears',
            put(`${folder}/.babelrc.js`, `module.exports = ${swap('swap.cjs')}`),
          ),
          change(
            'package.json#babel appears',
            put(
              at('package.json'),
              JSON.stringify({ babel: JSON.parse(swap(at('swap.cjs'))) as unknown }),
            ),
          ),
          change('.browserslistrc appears', put(at('.browserslistrc'), browsers())),
          change('browserslist appears', put(at('browserslist'), browsers())),
          change(
            'package.json#browserslist appears',
            put(at('package.json'), JSON.stringify({ browserslist: browsers() })),
          ),
          change('BROWSERSLIST set', { do: 'variable', name: 'BROWSERSLIST', value: browsers() }),
          change('BROWSERSLIST_ENV set', {
            do: 'variable',
            name: 'BROWSERSLIST_ENV',
            value: 'old',
          }),
          change('BABEL_ENV set', { do: 'variable', name: 'BABEL_ENV', value: 'other' }),
          change('NODE_ENV set', { do: 'variable', name: 'NODE_ENV', value: 'other' }),
        ]
      : [
          change(
            '.swcrc appears',
            put(
              at('.swcrc'),
              JSON.stringify({ jsc: { target: dice.one(['es5', 'es2015', 'es2022']) } }),
            ),
          ),
          change('.swcrc edited', put('.swcrc', JSON.stringify({ jsc: { target: 'es5' } }))),
          change(
            'tsconfig.json appears',
            put(at('tsconfig.json'), '{"compilerOptions":{"target":"es5"}}'),
          ),
        ],
  };
}
