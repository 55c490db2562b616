import * as fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { Database } from '../sqlite';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ReportData } from '../../src/report';
import { decodeRanges } from '../../src/report/ranges';
import { findBrowser, startBrowser } from './browser';
import { Project, type Files } from './harness';

jest.setTimeout(300_000);

const EVIL = "</script><script>document.title = 'broken out'</script>";

const FILES: Files = {
  'package.json': '{"name":"<b>shop</b>","private":true}',
  'jest.config.js': 'module.exports = { transform: {} };',
  'src/price.js': `exports.gross = (net) => {
  if (net < 0) {
    throw new Error('negative');
  }
  return net * 1.2;
};
exports.discount = function (price) {
  return price * 0.9;
};
exports.unused = () => {
  return 1;
};
`,
  'src/rates.json': '{ "vat": 0.2 }',
  'src/deep/names.js': 'exports.fullName = (first, last) => {\n  return first + last;\n};\n',
  '__tests__/gross.test.js': `const { gross } = require('../src/price');
describe('gross', () => {
  test('adds', () => { expect(gross(10)).toBe(12); });
  test('refuses', () => { expect(() => gross(-1)).toThrow(); });
});
test(${JSON.stringify(EVIL)}, () => {});
`,
  '__tests__/discount.test.js': `const { discount } = require('../src/price');
const rates = require('../src/rates.json');
test('discounts', () => { expect(discount(10)).toBe(rates.vat * 45); });
`,
  '__tests__/names.test.js': `const { fullName } = require('../src/deep/names');
test('names', () => { expect(fullName('a', 'b')).toBe('ab'); });
`,
};

let recorded: Project;

beforeAll(() => {
  recorded = new Project(FILES);
  recorded.run(['-i']);
  recorded.edit('src/deep/names.js', 'first + last', "first + '' + last");
  recorded.run(['-i']);
});
afterAll(() => recorded.remove());

function reportOf(project: Project): ReportData {
  const { stdout, stderr, exitCode } = project.run(['report', '--json']);
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ReportData;
}

const verdicts = ({ testFiles }: ReportData) =>
  Object.fromEntries(testFiles.map(({ path, verdict }) => [path.slice(10, -8), verdict]));

/** The tests that a function's entry leads to. */
function testsOf({ files, reaches, tests }: ReportData, path: string, name: string): string[] {
  const found = files
    .find((file) => file.path === path)
    ?.functions.find((candidate) => candidate.name === name);
  const reach = reaches[found?.reach ?? -1];
  return decodeRanges(reach?.tests ?? '').map((index) => tests[index]?.name.join(' ') ?? '');
}

describe('the data', () => {
  test('says which tests execute a function, and what the runs saved', () => {
    const report = reportOf(recorded);
    expect(report).toMatchObject({ format: 1, project: '<b>shop</b>', notice: null, causes: [] });
    expect(verdicts(report)).toEqual({
      discount: 'unaffected',
      gross: 'unaffected',
      names: 'unaffected',
    });
    expect(testsOf(report, 'src/price.js', 'gross')).toEqual(['gross adds', 'gross refuses']);
    expect(testsOf(report, 'src/price.js', 'discount')).toEqual(['discounts']);
    expect(testsOf(report, 'src/price.js', 'unused')).toEqual([]);
    expect(testsOf(report, 'src/price.js', '')).toEqual([
      ...['discounts', 'gross adds', 'gross refuses', EVIL],
    ]);
    expect(testsOf(report, 'src/rates.json', '')).toEqual(['discounts']);
    expect(testsOf(report, 'src/deep/names.js', 'fullName')).toEqual(['names']);
    expect(report.runs.map(({ selected, total }) => [selected, total])).toEqual([
      [3, 3],
      [1, 3],
    ]);
    expect(report.runs[1]?.saved).toBeGreaterThan(0);
    expect(report.testFiles.filter(({ ranLast }) => ranLast).map(({ path }) => path)).toEqual([
      '__tests__/names.test.js',
    ]);
  });

  test('says why a test file runs: the changed function, a file that is read, a new test file', () => {
    const project = recorded.fresh();
    project.edit('src/price.js', 'price * 0.9', 'price * 0.8');
    project.edit('src/rates.json', '0.2', '0.3');
    project.write({ '__tests__/more.test.js': "test('more', () => {});" });
    const report = reportOf(project);
    expect(verdicts(report)).toEqual({
      discount: 'changed',
      gross: 'unaffected',
      more: 'new',
      names: 'unaffected',
    });
    expect(report.causes).toEqual([
      { kind: 'code', label: 'src/price.js', places: [{ name: 'discount', line: 7, endLine: 9 }] },
      { kind: 'dependency', label: 'src/rates.json', places: [] },
    ]);
    // What changed is still known by its name.
    expect(testsOf(report, 'src/price.js', 'discount')).toEqual(['discounts']);
  });

  test('leaves the database and the project as they were', () => {
    const project = recorded.fresh();
    project.edit('src/price.js', 'price * 0.9', 'price * 0.8');
    const before = fs.readFileSync(project.path('.testmondata'));
    const files = fs.readdirSync(project.root);
    reportOf(project);
    expect(fs.readFileSync(project.path('.testmondata')).equals(before)).toBe(true);
    expect(fs.readdirSync(project.root)).toEqual(files);
    expect(project.leftovers()).toEqual([]);
  });

  test.each([
    [
      'no',
      (file: string) => fs.rmSync(file),
      /^Nothing is recorded here yet; run jest-testmon once/,
    ],
    ['an empty', (file: string) => fs.truncateSync(file), /^Nothing is recorded here yet/],
    [
      'a damaged',
      (file: string) => fs.writeFileSync(file, Buffer.alloc(4096, 'x')),
      /^The database .*\.testmondata is damaged .*; move or delete it, .* Until then everything runs\.$/,
    ],
    [
      'a newer',
      (file: string) => {
        const db = new Database(file);
        db.pragma('user_version = 9999');
        db.close();
      },
      /^The database .* was written by a newer jest-testmon .*; update/,
    ],
  ])('says what to do about %s database', (_, spoil, notice) => {
    const project = recorded.fresh();
    spoil(project.path('.testmondata'));
    const report = reportOf(project);
    expect(report.notice).toMatch(notice);
    expect(Object.values(verdicts(report))).toEqual(['new', 'new', 'new']);
    expect(report.files).toEqual([]);
  });

  test('says that the config has changed since', () => {
    const project = recorded.fresh();
    project.write({ 'jest.config.js': 'module.exports = { transform: {}, globals: { a: 1 } };' });
    expect(reportOf(project).notice).toContain('has changed since the last run');
  });
});

describe('the command', () => {
  test('writes the page where it is asked to', () => {
    const { exitCode, stdout } = recorded.run(['report', '--output', '../tmp/made/it.html']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('A run now selects 0 of 3 test files.\n');
    expect(stdout).toMatch(/The report is file:\/\/.*\/tmp\/made\/it\.html\n$/);
    expect(fs.existsSync(`${recorded.temporary}/made/it.html`)).toBe(true);
  });

  test('fails with a sentence where the page cannot be written', () => {
    const { exitCode, stdout, stderr } = recorded.run(['report', '-o', 'src/price.js/it.html']);
    expect(stderr).toMatch(/^testmon: .*price\.js.*\n$/);
    expect([exitCode, stdout]).toEqual([1, '']);
  });

  test('has help with examples', () => {
    const { exitCode, stdout } = recorded.run(['report', '--help']);
    expect(stdout).toContain('$ jest-testmon report --json');
    expect(exitCode).toBe(0);
  });
});

const browserIsThere = findBrowser() !== undefined || process.env.CI === 'true';
const title = browserIsThere
  ? 'the page'
  : 'the page (no Chromium here: name one in CHROMIUM_PATH)';

(browserIsThere ? describe : describe.skip)(title, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let address: string;
  let requests: string[];
  let complaints: string[];

  beforeAll(async () => {
    const project = recorded.copy();
    project.edit('src/price.js', 'price * 0.9', 'price * 0.8');
    project.run(['report']);
    const file = `${recorded.temporary}/page.html`;
    fs.copyFileSync(project.path('testmon-report.html'), file);
    project.remove();
    address = pathToFileURL(file).href;
    browser = await startBrowser();
  });
  afterAll(async () => browser.close());
  beforeEach(async () => {
    context = await browser.newContext({ colorScheme: 'light' });
    page = await context.newPage();
    requests = [];
    complaints = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    await page.waitForSelector('#map .cell');
  });
  afterEach(async () => context.close());

  const focused = () =>
    page.evaluate(
      'document.activeElement.getAttribute("aria-label") || document.activeElement.textContent',
    );
  const detail = () => page.locator('#detail').innerText();

  test('loads nothing, complains of nothing, and lets no name break out', async () => {
    expect(requests.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe('<b>shop</b>: jest-testmon report');
    expect(await page.locator('h1').innerText()).toBe('<b>shop</b>');
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "let in"';
      document.body.append(script);
    }`);
    expect(await page.title()).toBe('<b>shop</b>: jest-testmon report');
    await page.locator('#test-files button', { hasText: 'Need not run' }).click();
    await page.locator('#test-files button', { hasText: 'gross.test.js' }).click();
    expect(await detail()).toContain(EVIL);
  });

  test('says what runs now, and why', async () => {
    expect(await page.locator('#summary').innerText()).toContain('1 of 3 test files');
    expect(await page.locator('#causes').innerText()).toMatch(
      /src\/price\.js\s+discount lines 7–9\s+1 test file/,
    );
    const rows = page.locator('#test-files tbody tr');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/__tests__\/discount\.test\.js\s+changed: src\/price\.js/),
    ]);
    await page.locator('#test-files button', { hasText: 'Ran in the last run' }).click();
    expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('names.test.js')]);
  });

  test('finds a function by keyboard, and lists its tests', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('gros');
    const options = page.locator('#results [role=option]');
    expect(await options.first().innerText()).toContain('gross');
    expect(await page.locator('#search').getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('#search').getAttribute('aria-activedescendant')).toBe('result-0');
    await page.keyboard.press('Enter');
    const text = await detail();
    expect(text).toMatch(/^Function\s+gross\s+src\/price\.js, lines 1–6/);
    expect(text).toMatch(/gross › adds\s+\d+ m?s/);
    expect(text).toContain('gross › refuses');
    expect(text).not.toContain('discounts');
    expect(await page.locator('#map .chosen').getAttribute('aria-label')).toContain('gross');
    expect(await focused()).toBe('gross');
  });

  test('tells the lines of a function, and which test files hit them', async () => {
    const project = recorded.copy();
    expect(project.run(['--coverage']).exitCode).toBe(0);
    project.edit('src/price.js', 'price * 0.9', 'price * 0.8');
    project.run(['report']);
    await page.goto(pathToFileURL(project.path('testmon-report.html')).href);
    await page.fill('#search', 'gross');
    await page.keyboard.press('Enter');
    const covered = page.locator('#detail .covered');
    expect(await covered.innerText()).toMatch(
      /^Lines, by coverage\s+Without 1 test file, until jest-testmon --coverage has run\./,
    );
    await covered.locator('summary').first().click();
    expect(await covered.innerText()).toMatch(
      /lines 1–6\s+1 test file\s+__tests__\/gross\.test\.js/,
    );
    expect(complaints).toEqual([]);
    project.remove();
  });

  test('says so where nothing has the name', async () => {
    await page.fill('#search', 'nothing like it');
    expect(await page.locator('#search-status').innerText()).toBe(
      'Nothing recorded has this name.',
    );
  });

  test('walks the map by keyboard', async () => {
    const cells = page.locator('#map .cell');
    expect(await cells.count()).toBeGreaterThan(4);
    expect(await page.locator('#map .cell[tabindex="0"]').count()).toBe(1);
    const folder = page.locator('#map .cell[aria-label^="file src/price.js"]');
    await folder.focus();
    const before = await focused();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).not.toBe(before);
    await folder.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#trail').innerText()).toContain('price.js');
    expect(await detail()).toMatch(/^File\s+price\.js/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await page.locator('#trail').innerText()).not.toContain('price.js');
    await page.locator('#map .cell[aria-label^="unused,"]').press('Enter');
    expect(await detail()).toContain('No recorded test executes it');
  });

  test('has the same numbers as a table that sorts and opens', async () => {
    await page.locator('#as-table').press('Enter');
    const rows = page.locator('#table tbody tr');
    const names = () => rows.locator('th .link').allInnerTexts();
    await page.locator('#table button', { hasText: 'Code' }).press('Enter');
    expect(await names()).toEqual(['deep', 'price.js', 'rates.json']);
    expect(await page.locator('#table th[aria-sort="ascending"]').innerText()).toContain('Code');
    await page.getByRole('button', { name: 'Open price.js' }).press('Enter');
    expect(await names()).toEqual([
      ...['deep', 'price.js', 'discount', 'gross', 'outside of functions', 'unused', 'rates.json'],
    ]);
    expect(await focused()).toBe('Close price.js');
    await rows.locator('.link', { hasText: 'discount' }).press('Enter');
    expect(await detail()).toMatch(/^Function\s+discount/);
  });

  test('is light or dark as the system is, until it is told, and legible in both', async () => {
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    expect(await leastContrast(page)).toBeGreaterThanOrEqual(4.5);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await leastContrast(page)).toBeGreaterThanOrEqual(4.5);
    await page.locator('#theme').press('Enter');
    expect(await ground()).toBe(light);
    await page.reload();
    expect(await ground()).toBe(light);
  });

  test('draws what was saved, with a table of the same', async () => {
    expect(await page.locator('#runs svg .run').count()).toBe(2);
    await page.locator('#runs summary').press('Enter');
    expect(await page.locator('#runs tbody tr').allInnerTexts()).toEqual([
      expect.stringContaining('1 of 3'),
      expect.stringContaining('3 of 3'),
    ]);
  });

  test.each([
    ['', 'ResizeObserver'],
    // One that tells of a size only once.
    [
      ', also while it is still drawn as for a wide one',
      `class { constructor(tell) { this.tell = tell; } observe() { setTimeout(this.tell); } }`,
    ],
  ])('fits a narrow screen%s', async (_, observer) => {
    await page.addInitScript(`ResizeObserver = ${observer};`);
    await page.reload();
    await page.waitForSelector('#map .cell');
    await page.setViewportSize({ width: 360, height: 700 });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    expect(await page.locator('#map .cell').count()).toBeGreaterThan(2);
  });
});

/** The least contrast of a text of its own against its background: WCAG 2.2, 1.4.3. */
function leastContrast(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const parse = (colour, over) => {
      canvas.fillStyle = over;
      canvas.fillRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const css = ([r, g, b]) => 'rgb(' + r + ' ' + g + ' ' + b + ')';
    const ground = (element) =>
      element === null ? [255, 255, 255] : parse(getComputedStyle(element).backgroundColor, css(ground(element.parentElement)));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (element) => {
      const back = ground(element);
      const front = parse(getComputedStyle(element).color, css(back));
      const [a, b] = [luminance(front), luminance(back)].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    };
    const box = document.createElement('div');
    for (let step = 0; step <= 6; step += 1) {
      const cell = document.createElement('span');
      cell.className = 'heat-' + step;
      cell.textContent = 'x';
      box.append(cell);
    }
    document.getElementById('code').append(box);
    const texts = [...document.querySelectorAll('body *')].filter(
      (element) =>
        !(element instanceof SVGElement) &&
        element.checkVisibility() &&
        !element.classList.contains('swatch') &&
        [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''),
    );
    const least = Math.min(...texts.map(contrast));
    box.remove();
    return least;
  })()`);
}
