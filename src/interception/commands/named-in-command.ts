/** Receives what a command names. */
export interface NamedInCommand {
  /**
   * A file that exists, by its absolute path.
   * @param runs Whether Node runs it, in a process that reports what it does.
   */
  named(file: string, runs: boolean): void;
  /** A file that the system executes, so that it must be executable. */
  executed(file: string): void;
  /** A path that does not exist. The program may create it. */
  missed(file: string): void;
  /** A folder that the program lists. */
  listed(folder: string): void;
  /** An environment variable. */
  asked(variable: string): void;
  /** The program does something that cannot be observed. */
  lost(): void;
  /** Runs our own reads of files without reporting them. */
  unobserved<T>(work: () => T): T;
}

/** In which program a command is read. */
export interface ReaderContext {
  /** A Node program itself reports what it reads. */
  isNode: boolean;
  /** Whether Node programs report what they do. */
  hooked: boolean;
  env: NodeJS.ProcessEnv;
  /** Absolute path of the repository. */
  workspace: string;
}
