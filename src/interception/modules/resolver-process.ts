import childProcess from 'node:child_process';

/** How long the process that looks at a resolver may take. */
const MAX_LOAD_MS = 20_000;

/**
 * Loads a module of the tool chain. A function that may be a resolver is asked for a file, as Jest does. The hook of
 * child processes reports what it reads. This is a text because the build would rewrite a `require` in code.
 */
const LOAD = `
const file = process.argv[1];
(async () => {
  const { pathToFileURL } = await import('node:url');
  const { dirname } = await import('node:path');
  const module = await import(pathToFileURL(file).href);
  const inner = module.default ?? module;
  const resolve = [inner, module.sync, inner.sync, module.async, inner.async].find(
    (value) => typeof value === 'function',
  );
  const ask = async () => resolve?.(file, {
    basedir: dirname(file),
    rootDir: dirname(file),
    defaultResolver: () => file,
    defaultAsyncResolver: async () => file,
    conditions: ['require', 'default'],
    extensions: ['.js'],
    moduleDirectory: ['node_modules'],
  });
  // Jest asks for other modules: what becomes of this question says nothing.
  await ask().catch(() => {});
})().then(
  () => process.exit(0),
  () => process.exit(1),
);
`;

/**
 * Loads a resolver or another tool in a process of its own. A resolver is called once. What it looks at is reported
 * by the watch on children.
 * @param tool Absolute path.
 * @returns Whether it could be loaded.
 */
export function askInProcess(tool: string): boolean {
  const { status } = childProcess.spawnSync(process.execPath, ['-e', LOAD, tool], {
    stdio: 'ignore',
    timeout: MAX_LOAD_MS,
  });
  return status === 0;
}
