/** A store that many machines share: bundles of records, and where they are kept. */
export { SharedStoreError } from './engine';
export { initialise, look, remedy, type ScopeOverview, type SharedOverview } from './look';
export { pin } from './pin';
export { pull, type Pulled, type PullOptions } from './pull';
export { push, type Pushed, type PushOptions } from './push';
export { sharedSettings, type SharedSettings } from './settings';
export { makeKeys, PRIVATE_KEY_VARIABLE } from './signing';
