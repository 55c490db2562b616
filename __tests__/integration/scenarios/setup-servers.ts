import { selecting, testing, type Family, type Files } from './scenario';

/** Answers each path with a file of the project, or with what one of its modules returns. */
const SETUP = `
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { Worker } = require('node:worker_threads');
const statics = require('tiny-static');
const at = (...names) => path.join(__dirname, ...names);

async function listen(handler) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

module.exports = async () => {
  fs.writeFileSync(at('pages/generated.html'), 'made as it was ' + Math.random());
  const { modern } = await import('tiny-modern');
  const handlers = {
    OWN: (request, response) => {
      fs.promises.readFile(at('pages', path.basename(request.url))).then((page) => response.end(page));
    },
    LAZY: (request, response) => response.end(require(at('routes', path.basename(request.url)))()),
    STATIC: statics(at('public')),
    MODERN: modern(at('modern')),
  };
  globalThis.fixtureServers = [];
  for (const [name, handler] of Object.entries(handlers)) {
    const server = await listen(handler);
    globalThis.fixtureServers.push(() => server.close());
    process.env[name] = String(server.address().port);
  }
  const child = spawn(process.execPath, [at('server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.env.CHILD = await new Promise((resolve) => child.stdout.once('data', (port) => resolve(String(port).trim())));
  globalThis.fixtureServers.push(() => child.kill());
  const thread = new Worker(at('thread.js'));
  process.env.THREAD = String(await new Promise((resolve) => thread.once('message', resolve)));
  globalThis.fixtureServers.push(() => thread.terminate());
};
`;

/** A server in a process or a thread of its own. */
const SERVER = (folder: string, ready: string): string => `
const fs = require('node:fs');
const server = require('node:http').createServer((request, response) => {
  const name = require('node:path').basename(request.url);
  response.end(name.endsWith('.js') ? require('./routes/' + name)() : fs.readFileSync(__dirname + '/${folder}/' + name));
});
server.listen(0, '127.0.0.1', () => ${ready});
`;

const ASK = `
const http = require('node:http');
module.exports = (server, name) => new Promise((resolve, reject) => {
  const from = { host: '127.0.0.1', port: process.env[server], path: '/' + name, agent: false };
  http.get(from, (response) => {
    let text = '';
    response.on('data', (part) => { text += part; });
    response.on('end', () => resolve(text));
  }).on('error', reject);
});
`;

const asking = (server: string, name: string): string =>
  testing(`expect(await require('../ask')('${server}', '${name}')).toContain('as it was');`);

const FILES: Files = {
  'setup.js': SETUP,
  'teardown.js': 'module.exports = () => globalThis.fixtureServers.forEach((stop) => stop());\n',
  'server.js': SERVER('data', 'console.log(server.address().port)'),
  'thread.js': SERVER(
    'threaded',
    "require('node:worker_threads').parentPort.postMessage(server.address().port)",
  ),
  'ask.js': ASK,
  'pages/own.html': 'own as it was\n',
  'routes/lazy.js': "module.exports = () => require('./words');\n",
  'routes/words.js': "module.exports = 'lazy as it was';\n",
  'routes/child.js': "module.exports = () => 'child as it was';\n",
  'public/static.html': 'static as it was\n',
  'modern/modern.html': 'modern as it was\n',
  'data/child.json': '"child as it was"\n',
  'threaded/thread.json': '"thread as it was"\n',
  'pages/unread.html': 'nobody asks for this\n',
  'node_modules/tiny-static/package.json': '{ "name": "tiny-static", "version": "1.0.0" }',
  'node_modules/tiny-static/index.js': `
const fs = require('node:fs');
module.exports = (folder) => (request, response) => {
  fs.stat(folder + request.url, () => fs.readFile(folder + request.url, (_error, page) => response.end(page)));
};
`,
  'node_modules/tiny-modern/package.json':
    '{ "name": "tiny-modern", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
  'node_modules/tiny-modern/index.js': `
import { readFile } from 'node:fs';
export const modern = (folder) => (request, response) => {
  setImmediate(() => readFile(folder + request.url, (_error, page) => response.end(page)));
};
`,
  '__tests__/child.test.js': asking('CHILD', 'child.json'),
  '__tests__/generated.test.js': asking('OWN', 'generated.html'),
  '__tests__/lazy-child.test.js': asking('CHILD', 'child.js'),
  '__tests__/lazy.test.js': asking('LAZY', 'lazy.js'),
  '__tests__/modern.test.js': asking('MODERN', 'modern.html'),
  '__tests__/own.test.js': asking('OWN', 'own.html'),
  '__tests__/plain.test.js': testing('expect(1).toBe(1);'),
  '__tests__/static.test.js': asking('STATIC', 'static.html'),
  '__tests__/thread.test.js': asking('THREAD', 'thread.json'),
};

const NAMES = [
  'child',
  'generated',
  'lazy-child',
  'lazy',
  'modern',
  'own',
  'plain',
  'static',
  'thread',
];

/** Nobody knows which test file a request comes from, so all of them depend on what a server reads. */
const all = selecting(...NAMES.map((name) => `__tests__/${name}.test.js`));

const served = (what: string, file: string) =>
  all(what, (project) => project.edit(file, 'as it was', 'still as it was'));

/** What a server reads that the setup leaves running, while tests run. */
export const setupServers: Family = {
  name: 'servers that a global setup leaves running',
  base: {
    files: {
      ...FILES,
      'jest.config.js':
        "module.exports = { transform: {}, globalSetup: './setup.js', globalTeardown: './teardown.js' };",
    },
  },
  scenarios: [
    { name: 'nothing changed', edit: () => undefined, expectRan: [] },
    {
      name: 'a file that nobody asks for',
      edit: (project) => project.write({ 'pages/unread.html': 'nor this\n' }),
      expectRan: [],
    },
    served('a file that a handler of the setup reads', 'pages/own.html'),
    served('a module that a module loads which a handler requires', 'routes/words.js'),
    served('a file that an installed package reads', 'public/static.html'),
    served('a file that an installed ES module reads', 'modern/modern.html'),
    served('a file that a server in a process of its own reads', 'data/child.json'),
    served('a module that a server in a process of its own loads late', 'routes/child.js'),
    served('a file that a server in a thread reads', 'threaded/thread.json'),
  ],
};
