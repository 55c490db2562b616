import { describe, expect, test } from '@jest/globals';
import { renderPage } from '../../src/report/html';
import { find, type Target } from '../../src/report/page/find';
import { ago, duration, lines, percent } from '../../src/report/page/format';
import { codeTree, coveredIn, everyNode, heat } from '../../src/report/page/model';
import { sampleReport } from './data';

describe('the code as a tree', () => {
  const root = codeTree(sampleReport());
  const node = (label: string) => [...everyNode(root)].find((item) => item.label === label);

  test('joins folders that hold nothing else', () => {
    expect(root).toMatchObject({ kind: 'folder', label: 'src/deep', path: 'src/deep' });
    expect(root.children.map(({ label }) => label)).toEqual(['a.js', 'b.js']);
  });

  test('says what an edit selects: in a function all of it, elsewhere an average line', () => {
    expect(node('add')).toMatchObject({ cost: 100, most: 100, testFiles: [0], tests: [0] });
    expect(node('outside of functions')).toMatchObject({ cost: 400 });
    expect(node('a.js')).toMatchObject({ cost: (400 * 4 + 100 * 6) / 10, most: 400, lines: 10 });
    expect(node('unused')).toMatchObject({ cost: 0, testFiles: [] });
    expect(root).toMatchObject({ cost: 110, most: 400, tests: [0, 1], testFiles: [0, 1] });
  });

  test('tells the lines of a file, or of one function, with the test files that hit them', () => {
    const covered = (label: string) => {
      const found = node(label);
      if (found === undefined) throw new Error(label);
      return coveredIn(sampleReport(), found);
    };
    expect(covered('a.js')).toHaveLength(3);
    expect(covered('add')).toEqual([
      { line: 2, endLine: 3, reach: 0 },
      { line: 4, endLine: 5, reach: 1 },
    ]);
    expect([covered('b.js'), coveredIn(sampleReport(), root)]).toEqual([null, null]);
  });

  test('colours by the share of the suite', () => {
    expect([0, 1, 2, 3, 20, 30, 100].map((cost) => heat(cost, 100))).toEqual([0, 1, 1, 2, 4, 5, 6]);
  });
});

describe('the search', () => {
  const target = (label: string, where: string, cost: number): Target => ({
    kind: 'function',
    label,
    where,
    line: 0,
    endLine: 0,
    cost,
    choose: () => undefined,
  });
  const targets = [
    target('undo', 'src/form/history.js', 9),
    target('formatDate', 'src/dates.js', 1),
    target('reform', 'src/laws.js', 5),
    target('form', 'src/form.js', 0),
    target('formatTime', 'src/dates.js', 2),
  ];
  const found = (query: string, limit?: number) =>
    find(targets, query, limit).map(({ label }) => label);

  test('puts the best name first, of equals the dearest', () => {
    expect(found('FORM')).toEqual(['form', 'formatTime', 'formatDate', 'reform', 'undo']);
    expect(found('form', 2)).toEqual(['form', 'formatTime']);
  });

  test('asks for every word, in names and paths', () => {
    expect(found('dates format date')).toEqual(['formatTime', 'formatDate']);
    expect(found('date time')).toEqual(['formatTime']);
    expect(found('  ')).toEqual([]);
    expect(found('nothing')).toEqual([]);
  });
});

test('numbers are written for people', () => {
  const times = [0, 12.3, 99.7, 449, 9_960, 59_700, 200_000, 3_600_000, 7_500_000];
  expect(times.map(duration)).toEqual([
    ...['0 s', '12 ms', '0.1 s', '0.4 s', '10 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min'],
  ]);
  expect([0, 0.2, 12.4, 99.9, 100].map((part) => percent(part, 100))).toEqual([
    ...['0 %', 'under 1 %', '12 %', 'over 99 %', '100 %'],
  ]);
  expect([lines(0, 0), lines(3, 3), lines(3, 9)]).toEqual(['', 'line 3', 'lines 3–9']);
  expect([0, 60_000, 7_200_000, 86_400_000, 3 * 86_400_000].map((past) => ago(0, past))).toEqual([
    ...['just now', '1 minute ago', '2 hours ago', 'yesterday', '3 days ago'],
  ]);
});

describe('the page', () => {
  const parts = {
    frame: '<head><!--policy--><!--style--></head><!--data--><!--script-->',
    style: 'b{}',
    script: 'go($&)',
  };
  const name = '</script><script>alert(1)</script><!-- \u2028 & "\'';
  const tests = [{ file: 0, name: [name], duration: 1, outcome: 'passed' as const }];
  const page = renderPage(sampleReport({ tests }), parts);

  test('keeps what a test is called from being read as HTML', () => {
    expect(page.match(/<\/?script/g)).toHaveLength(4);
    expect(page).not.toContain('<!-');
    const [, json = ''] = /id="data">(.*?)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      // What could break a line is shown, not done.
      tests: [{ name: [name.replace('\u2028', '\\u2028')] }],
    });
  });

  test('puts its parts in as they are, and allows nothing but them', () => {
    expect(page).toContain('<style>b{}</style>');
    expect(page).toContain('<script>go($&)</script>');
    expect(page).toMatch(
      /content="default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; form-action 'none'"/,
    );
  });
});
