// One selection as Jest's main process makes it, in a process of its own: prints what it took as JSON.
//
//   node bench/scale/select.mjs <request file>
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { dist, request, config, tests, ends } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
// What Jest itself has loaded before.
require('@jest/transform');
const { Controller } = require(`${dist}/controller/controller.js`);

const rest = process.memoryUsage().rss;
const start = process.hrtime.bigint();
const before = process.cpuUsage();
const took = () => {
  const { user, system } = process.cpuUsage(before);
  return { wall: Number(process.hrtime.bigint() - start) / 1e6, cpu: (user + system) / 1e3 };
};

const voice = { quiet: false, say: () => undefined, warn: (text) => console.error(text) };
const controller = Controller.begin({ ...request, voice }, [config]);
const begun = took();
const context = { config };
const judged = await controller.select(tests.map((path) => ({ path, context })));
controller.announce(judged, false);
const running = controller.running(judged).length;
const selected = took();
const rss = process.resourceUsage().maxRSS / 1024;
if (ends) controller.end('cut short');
const ended = took();
console.log(JSON.stringify({ begun, selected, ended, running, rss, rest: rest / 2 ** 20 }));
