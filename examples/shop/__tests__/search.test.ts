import { search } from '../src/catalog';

test.each([
  ['atlas', ['b1']],
  ['BOOK', ['b1', 'b2']],
  ['', []],
])('searches for %p', (text, skus) => expect(search(text).map(({ sku }) => sku)).toEqual(skus));
