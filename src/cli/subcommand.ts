/** A subcommand. Each has a file of its own in this folder. */
export interface Subcommand {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** @param args The arguments after the name. */
  run(args: string[]): Promise<void>;
}
