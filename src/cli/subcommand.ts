/** A subcommand: one file in this folder each. */
export interface Subcommand {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** @param args What follows the name. */
  run(args: string[]): Promise<void>;
}
