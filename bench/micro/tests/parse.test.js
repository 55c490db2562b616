const { parse } = require('../src/parse');

test('parses a large text', () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({
    id,
    name: `row ${id}`,
    on: id % 2 === 0,
    tags: [1.5, null],
  }));
  const text = JSON.stringify(rows);
  for (let round = 0; round < 4; round += 1) expect(parse(text)).toHaveLength(20_000);
});
