import { heldConfig } from './held-config';

/** What `jest --config` is pointed at by the jest-testmon command. */
export default heldConfig;
