import { find } from '../src/catalog';

test('finds a product', () => expect(find('b1').name).toBe('Atlas'));
test('refuses an unknown product', () => expect(() => find('nope')).toThrow('no product nope'));
