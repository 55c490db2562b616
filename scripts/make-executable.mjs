// npm makes `bin` files executable on installation; a checkout used in place needs it after a build.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
