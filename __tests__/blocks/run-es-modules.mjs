/**
 * Runs ES modules for a test, whose own process has no `vm.SourceTextModule`: started with
 * `--experimental-vm-modules`, it answers each message of texts by specifier with what they did.
 */
import * as vm from 'node:vm';

process.on('message', async ({ codes }) => {
  process.send(await run(codes));
});

async function run(codes) {
  const log = [];
  /** Who asked for which module. */
  const edges = [];
  let entered = 0;
  const context = vm.createContext({
    log: (value) => {
      log.push(toldOf(value));
      return value;
    },
    enter: () => {
      entered += 1;
      if (entered > 20) throw new Error('too deep');
    },
  });
  const modules = new Map();
  const find = (from, specifier) => {
    edges.push([from, specifier]);
    const known = modules.get(specifier);
    if (known !== undefined) return known;
    if (codes[specifier] === undefined) throw new Error('no such module');
    const module = new vm.SourceTextModule(codes[specifier], {
      identifier: specifier,
      context,
      importModuleDynamically: (other) => load(specifier, other),
    });
    modules.set(specifier, module);
    return module;
  };
  const load = async (from, specifier) => {
    const module = find(from, specifier);
    if (module.status === 'unlinked')
      await module.link((other, { identifier }) => find(identifier, other));
    await module.evaluate();
    return module;
  };
  let hasFailed = false;
  try {
    await load('runner', './test');
  } catch (error) {
    hasFailed = true;
    log.push(String(error));
  }
  const probes = Object.entries(context.__TESTMON__ ?? {}).map(([key, bytes]) => [key, [...bytes]]);
  return { log, edges, hasFailed, probes };
}

/** See `toldOf` in `support.ts`. */
function toldOf(value) {
  try {
    if (typeof value === 'function') return `function ${value.name}/${value.length}`;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch (error) {
    return String(error);
  }
}
