import type { ReportData, ReportFile, ReportFunction } from '../data';
import { decodeRanges } from '../ranges';

/** A folder, file or function of the code, with what editing it costs. */
export interface CodeNode {
  kind: 'folder' | 'file' | 'function';
  /** What its parent knows it by. */
  label: string;
  path: string;
  /** From 1; 0 where unknown or for a whole file or folder. */
  line: number;
  endLine: number;
  /** Lines of code. */
  lines: number;
  /** Milliseconds of test time that an edit of an average line selects; of a function: of any. */
  cost: number;
  /** The most that an edit anywhere in it selects. */
  most: number;
  /** Indices of the test files that an edit somewhere in it selects. */
  testFiles: readonly number[];
  /** Indices of the tests that execute something of it. */
  tests: readonly number[];
  children: CodeNode[];
}

/** What code outside of functions is called. */
export const MODULE_LEVEL = 'outside of functions';

/** What a file is called that counts as a whole: a fixture, code that no transformer touches. */
export const WHOLE = 'the whole file';

/** The code as a tree: folders that hold nothing but one folder are one with it. */
export function codeTree(data: ReportData): CodeNode {
  const reaches = data.reaches.map(({ testFiles, tests }) => {
    const files = decodeRanges(testFiles);
    const cost = files.reduce((sum, index) => sum + (data.testFiles[index]?.duration ?? 0), 0);
    return { testFiles: files, tests: decodeRanges(tests), cost };
  });
  const functionNode = (
    file: ReportFile,
    { name, line, endLine, lines, reach }: ReportFunction,
  ) => {
    const { cost, testFiles, tests } = reaches[reach] ?? NO_REACH;
    const label = name !== '' ? name : line > 0 ? MODULE_LEVEL : WHOLE;
    const shared = { path: file.path, line, endLine, lines, cost, most: cost, testFiles, tests };
    return { kind: 'function', label, ...shared, children: [] } satisfies CodeNode;
  };
  const root = folder('', '');
  const folders = new Map([['', root]]);
  const folderOf = (path: string): CodeNode => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    const made = folder(path, path.slice(cut + 1));
    folders.set(path, made);
    folderOf(cut < 0 ? '' : path.slice(0, cut)).children.push(made);
    return made;
  };
  for (const file of data.files) {
    const cut = file.path.lastIndexOf('/');
    const children = file.functions.map((item) => functionNode(file, item));
    const node: CodeNode = {
      ...folder(file.path, file.path.slice(cut + 1)),
      kind: 'file',
      children,
    };
    folderOf(cut < 0 ? '' : file.path.slice(0, cut)).children.push(node);
  }
  return merged(summed(root));
}

const NO_REACH = { testFiles: [], tests: [], cost: 0 };

function folder(path: string, label: string): CodeNode {
  const numbers = { line: 0, endLine: 0, lines: 0, cost: 0, most: 0 };
  return { kind: 'folder', label, path, ...numbers, testFiles: [], tests: [], children: [] };
}

function summed(node: CodeNode): CodeNode {
  if (node.kind === 'function') return node;
  for (const child of node.children) summed(child);
  node.lines = sum(node.children, ({ lines }) => lines);
  node.cost = sum(node.children, ({ cost, lines }) => cost * lines) / Math.max(1, node.lines);
  node.most = Math.max(0, ...node.children.map(({ most }) => most));
  node.testFiles = united(node.children.map(({ testFiles }) => testFiles));
  node.tests = united(node.children.map(({ tests }) => tests));
  return node;
}

function merged(node: CodeNode): CodeNode {
  node.children = node.children.map(merged);
  const [only] = node.children;
  if (node.kind !== 'folder' || only?.kind !== 'folder' || node.children.length > 1) return node;
  const label = node.label === '' ? only.label : `${node.label}/${only.label}`;
  return { ...only, label };
}

function united(lists: readonly (readonly number[])[]): number[] {
  const all = new Set<number>();
  for (const list of lists) for (const item of list) all.add(item);
  return [...all].sort((a, b) => a - b);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** Every node, parents first. */
export function* everyNode(node: CodeNode): Generator<CodeNode> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}

/** Shares of the suite's test time at which the colour changes. */
export const STEPS = [0.02, 0.05, 0.1, 0.25, 0.5] as const;

/** The colour of a cost: 0 where no test is selected, then 1 to 6. */
export function heat(cost: number, suite: number): number {
  if (cost <= 0 || suite <= 0) return 0;
  return 1 + STEPS.filter((step) => cost / suite > step).length;
}

/** Whether it is known how many lines it has: of what counts as a whole, it is not. */
export function hasLines({ kind, label, children }: CodeNode): boolean {
  return kind === 'folder' || ![label, children[0]?.label].includes(WHOLE);
}
