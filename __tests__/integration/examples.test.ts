import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

const EXAMPLES = path.resolve(__dirname, '../../examples');

let project: Project;
afterEach(() => project.remove());

/** A copy of an example, installed. */
function example(name: string, packages: readonly string[]): void {
  project = new Project({}, packages);
  fs.cpSync(path.join(EXAMPLES, name), project.root, { recursive: true });
}

test('shop: TypeScript with ts-jest', () => {
  example('shop', ['jest', 'ts-jest', 'typescript', '@types']);
  expect(project.run()).toMatchObject({ exitCode: 0, failed: [] });
  expect(project.run().ran).toEqual([]);
  project.edit('src/shipping.ts', 'Math.ceil(weight)', 'Math.round(weight + 0.5)');
  expect(project.run().ran).toEqual(['__tests__/shipping-abroad.test.ts']);
});

test('react: SWC, React and jsdom', () => {
  example('react', [
    ...['jest', 'jest-environment-jsdom', '@swc/jest', '@swc/core', 'react', 'react-dom'],
  ]);
  const [counter, greeting, limit] = ['counter', 'greeting', 'limit'].map(
    (name) => `__tests__/${name}.test.jsx`,
  );
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [counter, greeting, limit] });
  expect(project.run().ran).toEqual([]);
  project.edit('src/Counter.jsx', 'That is enough.', 'That is {"enough"}.');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [limit] });
});

test('workspaces: npm workspaces, a Jest project each', () => {
  example('workspaces', ['jest']);
  // As npm links them.
  for (const name of ['prices', 'invoices']) {
    const link = project.path(`node_modules/@example/${name}`);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(project.path(`packages/${name}`), link, 'junction');
  }
  const invoice = 'invoices packages/invoices/__tests__/invoice.test.js';
  const few = 'prices packages/prices/__tests__/few.test.js';
  const many = 'prices packages/prices/__tests__/many.test.js';
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [invoice, few, many] });
  expect(project.run().ran).toEqual([]);
  project.edit('packages/prices/index.js', '* 0.9', '* (1 - 0.1)');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [many] });
  // Across packages.
  project.edit('packages/prices/index.js', 'return pieces * each;', 'return each * pieces;');
  expect(project.run()).toMatchObject({ exitCode: 0, ran: [invoice, few] });
});
