/**
 * Child processes and worker threads of tests load this before everything else. Older versions of Node and other
 * programs may load it too, so it must run in all of them. An internal error here must not disturb them.
 */
try {
  if (
    Number(process.versions.node.split('.')[0]) >= 20 &&
    process.versions['bun'] === undefined &&
    process.versions['deno'] === undefined
  ) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Only loaded if it can be parsed.
    (require('./report') as typeof import('./report')).report();
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Older versions require the name.
} catch (error) {
  // The child runs without being watched.
}
