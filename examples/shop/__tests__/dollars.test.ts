import { format } from '../src/money';

test('formats dollars', () => expect(format({ cents: 1999, currency: 'USD' })).toBe('$19.99'));
