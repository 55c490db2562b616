/** What a file's transformed code depends on besides the file, as paths: it travels with the code. */
export interface OtherSources {
  /** Files whose content stands in it. */
  inlined: string[];
  /** Folders that were listed for it. */
  listed: string[];
  /** Where a program that was run for it looked for a file, and there was none. */
  missing: string[];
  /** Files that decide by what they declare whether it imports them. */
  values: string[];
  /** Files whose types it may name, too. */
  types: string[];
}

/** The same where nothing is said of it. */
export const NO_OTHERS: OtherSources = {
  inlined: [],
  listed: [],
  missing: [],
  values: [],
  types: [],
};
