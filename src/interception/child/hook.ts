/**
 * What child processes and worker threads of tests load before everything else. Older versions of Node and other
 * programs may come across it too, so it is written for all of them, and a fault of ours is no fault of theirs.
 */
try {
  if (
    Number(process.versions.node.split('.')[0]) >= 20 &&
    process.versions['bun'] === undefined &&
    process.versions['deno'] === undefined
  ) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Only where it can be read.
    (require('./report') as typeof import('./report')).report();
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Older versions want it named.
} catch (error) {
  // The child runs, and what it does is not watched.
}
