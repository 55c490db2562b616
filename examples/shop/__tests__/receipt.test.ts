import { Cart } from '../src/cart';
import { receipt } from '../src/receipt';

test('prints', () =>
  expect(receipt(new Cart().put('f1', 2))).toMatchInlineSnapshot(`
"2 x Tea: 8.40 €
Total: 8.40 €"
`));
