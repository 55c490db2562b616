import type { Store } from '../store';
import type { SharedSettings } from './settings';
import type { Signer } from './signing';
import type { Conversation } from './talk';

/** All that sending takes. */
export interface Sender {
  store: Store;
  settings: SharedSettings;
  scope: string;
  signer: Signer | null;
  conversation: Conversation;
  folder: string;
  now: number;
  /** How many complete records of a test file a snapshot keeps; by default 8. */
  keep: number | undefined;
  many: number;
  /** What a bundle may unpack to, in bytes; by default what a machine takes. */
  largest: number | undefined;
}
