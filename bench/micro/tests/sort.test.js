const { sort } = require('../src/sort');

test('sorts a million numbers', () => {
  let state = 1;
  for (let round = 0; round < 6; round += 1) {
    const values = Array.from({ length: 500_000 }, () => (state = (state * 48271) % 2147483647));
    const sorted = sort(values);
    expect(sorted[0]).toBeLessThanOrEqual(sorted[250_000]);
  }
});
