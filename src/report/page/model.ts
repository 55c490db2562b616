import type { ReportCoveredLines, ReportData, ReportFile, ReportFunction } from '../data';
import { decodeRanges } from '../ranges';

/** A folder, file or function of the code, with the cost of an edit. */
export interface CodeNode {
  kind: 'folder' | 'file' | 'function';
  /** Its name within its parent. */
  label: string;
  path: string;
  /** Counts from 1. Zero if unknown, or for a whole file or folder. */
  line: number;
  endLine: number;
  /** Lines of code. */
  lines: number;
  /** Test time that an edit selects, in milliseconds. For a file or folder, the average over its lines. */
  cost: number;
  /** The highest cost of an edit anywhere in it. */
  most: number;
  /** Indices of the test files that an edit somewhere in it selects. */
  testFiles: readonly number[];
  /** Indices of the tests that execute something in it. */
  tests: readonly number[];
  children: CodeNode[];
}

/** The label of code outside of functions. */
export const MODULE_LEVEL = 'outside of functions';

/** The label of a file that counts as a whole, such as a fixture or code that no transformer processes. */
export const WHOLE = 'the whole file';

/** Returns the code as a tree. A folder whose only entry is another folder is merged with it. */
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

/** Lines that the same test files hit. */
export type CoveredRange = ReportCoveredLines;

/** The lines of a file, or those of a function, that count for coverage. Null where no coverage tells them. */
export function coveredIn(data: ReportData, node: CodeNode): readonly CoveredRange[] | null {
  if (node.kind === 'folder') return null;
  const covered = data.files.find(({ path }) => path === node.path)?.covered ?? null;
  if (covered === null || node.kind === 'file' || node.line <= 0) return covered;
  return covered
    .filter(({ line, endLine }) => line <= node.endLine && endLine >= node.line)
    .map(({ line, endLine, reach }) => ({
      line: Math.max(line, node.line),
      endLine: Math.min(endLine, node.endLine),
      reach,
    }));
}

/** Yields every node, parents first. */
export function* everyNode(node: CodeNode): Generator<CodeNode> {
  yield node;
  for (const child of node.children) yield* everyNode(child);
}

/** The shares of the suite's test time at which the colour changes. */
export const STEPS = [0.02, 0.05, 0.1, 0.25, 0.5] as const;

/** Returns the colour of a cost: 0 if no test is selected, otherwise 1 to 6. */
export function heat(cost: number, suite: number): number {
  if (cost <= 0 || suite <= 0) return 0;
  return 1 + STEPS.filter((step) => cost / suite > step).length;
}

/** Whether the number of lines is known. It is unknown for a file that counts as a whole. */
export function hasLines({ kind, label, children }: CodeNode): boolean {
  return kind === 'folder' || ![label, children[0]?.label].includes(WHOLE);
}
