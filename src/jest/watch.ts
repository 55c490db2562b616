/**
 * One of Jest's `watchPlugins`. Jest constructs it when it starts to watch, and asks for its key and text each time
 * it shows the keys. It shows what was affected, and runs everything once.
 */
import type { Config } from '@jest/types';
import type {
  JestHookSubscriber,
  UpdateConfigCallback,
  UsageData,
  WatchPlugin,
} from 'jest-watcher';
import { Watching } from '../controller/watching';

class TestmonWatchPlugin implements WatchPlugin {
  readonly #watching: Watching;

  /** @param options `config.key` is the key to use, if another plug-in needs the usual one. */
  constructor({ config = {} }: { config?: { key?: unknown } } = {}) {
    this.#watching = new Watching(config.key);
  }

  apply(hooks: JestHookSubscriber): void {
    hooks.onFileChange(() => this.#watching.filesChanged());
    hooks.onTestRunComplete(() => this.#watching.runCompleted());
  }

  getUsageInfo(globalConfig: Config.GlobalConfig): UsageData | null {
    return this.#watching.usage(globalConfig);
  }

  run(
    globalConfig: Config.GlobalConfig,
    updateConfigAndRun: UpdateConfigCallback,
  ): Promise<boolean> {
    return Promise.resolve(this.#watching.runEverything(globalConfig, updateConfigAndRun));
  }
}

export = TestmonWatchPlugin;
