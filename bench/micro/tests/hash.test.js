const { hash } = require('../src/hash');

test('hashes many bytes', () => {
  const bytes = Uint8Array.from({ length: 4_000_000 }, (_, index) => index * 31);
  let last = 0;
  for (let round = 0; round < 20; round += 1) last = hash(bytes);
  expect(last).toBeGreaterThan(0);
});
