import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { probe } from './support';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'testmon-modules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/**
 * Runs ES modules in Node, the first one given as the entry, and gives back its output and which blocks ran where. No
 * code runs in exports.
 */
function runModules(files: Record<string, string>): {
  output: string;
  ran: Record<string, string>;
} {
  const sizes = new Map<string, number>();
  for (const [name, text] of Object.entries(files)) {
    const { code, blocks } = probe(text, { form: 'module', path: name });
    sizes.set(name, blocks.filter(({ kind }) => kind !== 'export').length);
    writeFileSync(path.join(folder, name), code);
  }
  const [entry = ''] = Object.keys(files);
  writeFileSync(
    path.join(folder, 'start.mjs'),
    `await import('./${entry}').catch((error) => console.log(String(error)));
    const ran = Object.entries(globalThis.__TESTMON__).map(([key, bytes]) => [JSON.parse(key)[1], bytes.join('')]);
    console.log(JSON.stringify(Object.fromEntries(ran)));`,
  );
  const lines = execFileSync(process.execPath, ['start.mjs'], { cwd: folder, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  const bytes = JSON.parse(lines.pop() ?? '') as Record<string, string>;
  const ran = Object.entries(bytes).map(([name, all]) => [name, all.slice(0, sizes.get(name))]);
  return { ran: Object.fromEntries(ran) as Record<string, string>, output: lines.join('\n') };
}

describe('ES modules', () => {
  test('functions called through an import cycle, before their module runs', () => {
    const { output, ran } = runModules({
      'a.mjs': `'use strict'
import { early } from './b.mjs'
export function hoisted(a = (() => [1 && String('x')])(), b = 0 || String('y')) { if (a) { return a + b } }
export default function () { return 'default' }
export async function later() { return 1 }
export function* numbers() { yield 1 }
export async function* more() { yield 1 }
function late() { return 1 }
console.log('a runs', early, late.name)`,
      'b.mjs': `import anonymous, { hoisted, later, numbers, more } from './a.mjs'
export const early = [hoisted(), anonymous(), anonymous.name, typeof later().then, [...numbers()].length].join()
more().next()
console.log('b runs')`,
    });
    expect(output).toBe('b runs\na runs xy,default,default,function,1 late');
    //                    module, arrow, operand, operand, hoisted, arm, default, later, numbers, more, late
    expect(ran).toEqual({ 'a.mjs': '11111111110', 'b.mjs': '1' });
  });

  test('names, exports, top-level await and what only modules have', () => {
    const { output, ran } = runModules({
      'a.mjs': `#!/usr/bin/env node
import arrow, { C, f as g, value } from './b.mjs'
import * as all from './b.mjs'
export * from './b.mjs'
if (await value) { console.log(arrow.name, C.name, g.name, Object.keys(all).join()) }
const { x } = await import('./c.mjs') ?? console.log('never')
console.log(x.name, this === undefined, typeof import.meta.url)
label: for await (const y of [1]) { if (y) break label }`,
      'b.mjs': `export default () => 1
export class C {}
export { f }
const f = () => {}
export const value = Promise.resolve(0 || String(1))`,
      'c.mjs': `export let x; x ??= () => {}; export default class {}`,
    });
    expect(output).toBe('default C f C,default,f,value\nx true string');
    expect(ran).toEqual({ 'a.mjs': '1111', 'b.mjs': '1001', 'c.mjs': '10' });
  });

  test('errors of modules are as before', () => {
    const { output } = runModules({
      'a.mjs': 'console.log("one")\nexport const y = x\nconst x = 1',
    });
    expect(output).toBe("one\nReferenceError: Cannot access 'x' before initialization");
  });
});
