import { heldConfig } from './reading/held-config';

/** What `jest --config` is pointed at by the jest-testmon command. */
export default heldConfig;
