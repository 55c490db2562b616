/** Opens databases and says how that went: `opening-child.ts <write|read> <database>...`. */
import { Store, StoreError } from '../../src/store';

const [, , mode, ...files] = process.argv;
for (const file of files) {
  try {
    const store = Store.open(file, { readonly: mode === 'read' });
    store.load(1);
    store.close();
    process.stdout.write('opened\n');
  } catch (error) {
    process.stdout.write(`${error instanceof StoreError ? error.reason : String(error)}\n`);
  }
}
