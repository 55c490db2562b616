/** A group of functions or values of Node, Jest or the test environment that are replaced. */
export interface Patch {
  /** Where the group is found, in words. */
  of: string;
  names: readonly string[];
  /** What the replacements make visible. */
  shows: string;
  /**
   * The processes in which they are replaced: `worker` is Jest's process that runs tests (or the only one), `child` a
   * child process or a worker thread that tests start.
   */
  in: readonly ('worker' | 'child')[];
  /**
   * How the replacement is undone:
   * - `stays` until the process ends. While nobody observes, it passes every call on.
   * - `restored` as soon as the work that needs it is done.
   * - `goes with its holder`, such as the global object of a test environment.
   */
  undone: 'stays' | 'restored' | 'goes with its holder';
  /** The objects that have these functions now. Empty if the objects are made anew for each test file. */
  holders: () => readonly object[];
}
