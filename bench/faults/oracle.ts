import { spawnSync } from 'node:child_process';

/** Runs every test file of the fixture without Jest and without us, and says which pass. */
const SCRIPT = `
const fs = require('fs');
const path = require('path');
const folder = path.join(process.cwd(), '__tests__');
(async () => {
  const passed = {};
  for (const name of fs.readdirSync(folder).sort()) {
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    const tests = [];
    globalThis.test = (_, run) => tests.push(run);
    globalThis.setTimeout = (done) => done();
    globalThis.expect = (value) => ({ toBe: (other) => { if (!Object.is(value, other)) throw new Error('differs'); } });
    let ok = true;
    try {
      require(path.join(folder, name));
      for (const run of tests) await run();
    } catch { ok = false; }
    passed['__tests__/' + name] = ok;
  }
  process.stdout.write(JSON.stringify(passed));
})();
`;

/** By relative path: whether the test file passes on the working tree as it is. */
export function oracle(root: string): Record<string, boolean> {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  try {
    return JSON.parse(stdout) as Record<string, boolean>;
  } catch {
    throw new Error(`The oracle gave no answer: ${stderr}`);
  }
}
