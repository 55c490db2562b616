/** What a tool looked at while it was loaded or did its work, as absolute paths, each once. */
export interface Reads {
  files: string[];
  /** Folders that it listed. */
  folders: string[];
  /** What it looked for, whether that was there or not. */
  looked: string[];
  /** Modules that this process loaded for it, which counts as what these read then; it does so once. */
  modules: string[];
}
