// One run as Jest's main process sees it, in a process of its own: selects, and commits the journals of workers that
// it is given. Prints what each took since the start as JSON.
//
//   node bench/scale/select.mjs <request file>
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { dist, request, config, tests, ends, journals } = JSON.parse(
  fs.readFileSync(process.argv[2], 'utf8'),
);
// As while the controller selects: no run is announced.
process.env.TESTMON_RUN_FILE = 'none';
// What Jest itself has loaded before.
require('@jest/transform');
const { Controller } = require(`${dist}/controller/controller.js`);

/** Milliseconds in which nobody else could write, in all and at once. */
const locked = { sum: 0, longest: 0 };
const { prototype } = require(request.sqlite);
const { transaction } = prototype;
prototype.transaction = function (work) {
  const watched = (...args) => {
    const outer = this.inTransaction && this.isWatched === true;
    const from = performance.now();
    this.isWatched = true;
    try {
      return work(...args);
    } finally {
      if (!outer) {
        this.isWatched = false;
        const held = performance.now() - from;
        locked.sum += held;
        locked.longest = Math.max(locked.longest, held);
      }
    }
  };
  return transaction.call(this, watched);
};

const rest = process.memoryUsage().rss;
const start = process.hrtime.bigint();
const before = process.cpuUsage();
const took = () => {
  const { user, system } = process.cpuUsage(before);
  return { wall: Number(process.hrtime.bigint() - start) / 1e6, cpu: (user + system) / 1e3 };
};
const peak = () => process.resourceUsage().maxRSS / 1024;

const logger = {
  quiet: false,
  info: () => undefined,
  warn: (text) => console.error(text),
  progress: () => ({ at: () => undefined, end: () => undefined }),
};
const controller = Controller.begin({ ...request, logger }, [config]);
const begun = took();
const context = {
  config,
  moduleMap: { getRawModuleMap: () => ({ mocks: new Map(), map: new Map() }) },
};
const judged = await controller.select(tests.map((path) => ({ path, context })));
controller.announce(judged, false);
const running = controller.running(judged).length;
const selected = took();
Object.assign(locked, { sum: 0, longest: 0 });
const rss = { selected: peak() };
if (ends) {
  controller.publish([]);
  for (const [nth, journal] of journals.entries()) {
    const file = path.join(path.dirname(controller.runFile), `journal-${nth}.jsonl`);
    fs.copyFileSync(journal, file);
    // What others can read is not believed.
    fs.chmodSync(file, 0o600);
  }
}
const published = took();
if (ends) controller.end({ isWhole: false, distrust: 'nobody', isProvisional: false });
const ended = took();
rss.ended = peak();
console.log(
  JSON.stringify({ begun, selected, published, ended, running, locked, rss, rest: rest / 2 ** 20 }),
);
