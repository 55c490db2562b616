/** `[pattern, absolute path, options]`, as Jest normalizes `transform`. */
export type TransformEntry = [string, string, unknown];

/** `[path, options]`, as Jest normalizes `reporters`. */
export type ReporterEntry = [string, Record<string, unknown>?];

/** An entry of `watchPlugins`, as Jest normalizes it. */
export interface WatchPluginEntry {
  path: string;
  config: Record<string, unknown>;
}

/** A Jest config as the user wrote it. Jest validates it; we only read and set the keys that we wrap. */
export type RawConfig = Record<string, unknown>;

/** The keys that we read of a normalized config. Jest has merged presets and defaults, and made paths absolute. */
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
  globalTeardown?: string | null;
  watchPlugins?: WatchPluginEntry[] | null;
  collectCoverage: boolean;
  coverageProvider?: string;
  passWithNoTests: boolean;
}

/** One config in its original and its normalized form. */
export interface LoadedConfig {
  raw: RawConfig;
  effective: EffectiveConfig;
  /** Null for an inline project. */
  configPath: string | null;
  /** Keys that Jest accepts in this config but not in an inline project. */
  rootOnlyKeys: string[];
}

/** All configs of a run of Jest. */
export interface LoadedConfigs {
  root: LoadedConfig;
  /** Null if the root is the only project. */
  projects: LoadedConfig[] | null;
}
