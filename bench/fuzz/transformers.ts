import type { Entries, Flavour } from './model';

/** What a call of `__FUZZ__` stands for: source text of a function. */
const EVALUATE = `
const fs = require('fs');
const path = require('path');
module.exports = (kind, argument, filename) => {
  const dir = path.dirname(filename);
  const at = path.resolve(dir, argument);
  const attempt = (f) => { try { return f(); } catch (e) { return 'threw ' + (e.code ?? e.message); } };
  return attempt(() => {
    switch (kind) {
      case 'exists': return fs.existsSync(at);
      case 'stat': return fs.statSync(at).size;
      case 'list': return fs.readdirSync(at).sort().join();
      case 'list recursively': return fs.readdirSync(at, { recursive: true }).sort().join();
      case 'require': return require(at);
      case 'require, optional': return attempt(() => require(at));
      case 'resolve': return require.resolve(at);
      case 'link': return fs.readlinkSync(at);
      case 'real': return path.basename(fs.realpathSync(at));
      case 'variable': return process.env[argument] ?? 'none';
      case 'variable in': return argument in process.env;
      case 'variables': return Object.keys(process.env).filter((name) => name === argument).join();
      case 'child': case 'child reads': return require('child_process').execFileSync(process.execPath, [at], { encoding: 'utf8' });
      case 'program': return require('child_process').execFileSync('cat', [at], { encoding: 'utf8' });
      case 'json': return require(at).value;
      case 'tsconfig': case 'package field': return JSON.parse(fs.readFileSync(at, 'utf8')).value ?? 'none';
      case 'find up': { let d = dir; for (;;) { const c = path.join(d, argument); if (fs.existsSync(c)) return fs.readFileSync(c, 'utf8'); const up = path.dirname(d); if (up === d) return 'none'; d = up; } }
      default: return fs.readFileSync(at, 'utf8');
    }
  });
};
`;

const PLUGIN = `
const evaluate = require('./evaluate');
module.exports = ({ types: t }) => ({
  visitor: {
    CallExpression(call, state) {
      if (call.node.callee.name !== '__FUZZ__') return;
      const [kind, argument] = call.node.arguments.map((node) => node.value);
      call.replaceWith(t.valueToNode(evaluate(kind, argument, state.filename)));
    },
  },
});
`;

const TRANSFORMER = `
const evaluate = require('./evaluate');
exports.process = (text, filename) => ({
  code: text.replace(/__FUZZ__\\(("[^"]*"), ("[^"]*")\\)/g, (_, kind, argument) => JSON.stringify(evaluate(JSON.parse(kind), JSON.parse(argument), filename))),
});
`;

/** Files and the \`transform\` of Jest's config for a way to transform. */
export function transformerEntries(flavour: Flavour): { entries: Entries; transform: object } {
  const installed = flavour.endsWith('-installed');
  const home = installed ? 'node_modules/fuzz-plugin' : 'tools';
  const name = installed ? 'fuzz-plugin' : './tools';
  const files = (index: string): Entries => ({
    [`${home}/evaluate.js`]: EVALUATE,
    [`${home}/index.js`]: index,
    ...(installed ? { [`${home}/package.json`]: '{"name":"fuzz-plugin","version":"1.0.0"}' } : {}),
  });
  switch (flavour) {
    case 'none':
      return { entries: {}, transform: {} };
    case 'babel':
    case 'babel-installed':
      return {
        entries: {
          ...files(PLUGIN),
          'babel.config.js': `module.exports = { presets: ['@babel/preset-env'], plugins: [${JSON.stringify(name)}] };`,
        },
        transform: { '\\.[cm]?js$': 'babel-jest' },
      };
    case 'custom':
    case 'custom-installed':
      return {
        entries: files(TRANSFORMER),
        transform: { '\\.[cm]?js$': installed ? name : '<rootDir>/tools/index.js' },
      };
    case 'swc':
      return { entries: {}, transform: { '\\.[cm]?js$': '@swc/jest' } };
    case 'ts-jest':
    case 'ts-jest isolated': {
      const compilerOptions = {
        target: 'es2022',
        module: 'commonjs',
        allowJs: true,
        esModuleInterop: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        isolatedModules: flavour === 'ts-jest isolated',
      };
      return {
        entries: { 'tsconfig.json': JSON.stringify({ compilerOptions }) },
        transform: { '\\.ts$': ['ts-jest', { diagnostics: false }] },
      };
    }
  }
}
