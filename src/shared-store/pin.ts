import type { SharedSettings } from './settings';
import { ask } from './talk';

/**
 * Writes a value under a key, unless another machine was first.
 * @returns What stands there now; null where the store cannot say who was first.
 * @throws {SharedStoreError}
 */
export function pin(settings: SharedSettings, key: string, value: string): Promise<string | null> {
  return ask(settings, async (conversation) => {
    const { engine, signal } = conversation;
    if (engine.pin === undefined) return null;
    return await conversation.within(engine.pin(key, value, signal));
  });
}
