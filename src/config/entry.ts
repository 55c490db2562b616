import { heldConfig } from './reading/held-config';

/** The config that the jest-testmon command passes to `jest --config`. */
export default heldConfig;
