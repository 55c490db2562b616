/** `[pattern, absolute path, options]`, as Jest normalises `transform`. */
export type TransformEntry = [string, string, unknown];

/** `[path, options]`, as Jest normalises `reporters`. */
export type ReporterEntry = [string, Record<string, unknown>?];

/** As Jest normalises `watchPlugins`. */
export interface WatchPluginEntry {
  path: string;
  config: Record<string, unknown>;
}

/** A Jest config as a person writes it. Jest checks it; we only read and set the keys we wrap. */
export type RawConfig = Record<string, unknown>;

/** What Jest makes of a config: presets merged, defaults filled in, paths absolute. The keys we read. */
export interface EffectiveConfig {
  rootDir: string;
  id: string;
  projects: (string | RawConfig)[];
  transform: TransformEntry[];
  testEnvironment: string;
  testEnvironmentOptions: Record<string, unknown>;
  testRunner: string;
  testSequencer: string;
  reporters?: ReporterEntry[];
  globalSetup?: string | null;
  watchPlugins?: WatchPluginEntry[] | null;
  collectCoverage: boolean;
  passWithNoTests: boolean;
}

/** One config: as written, and as Jest understands it. */
export interface LoadedConfig {
  raw: RawConfig;
  effective: EffectiveConfig;
  /** Null where it was written inside another one. */
  configPath: string | null;
  /** Keys that Jest accepts here and would warn of in a project that is written inside another config. */
  rootOnlyKeys: string[];
}

/** Everything a run of Jest is configured by. */
export interface LoadedConfigs {
  root: LoadedConfig;
  /** Null where the root is the only project. */
  projects: LoadedConfig[] | null;
}
