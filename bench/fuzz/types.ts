import { change, put, type Change, type Maker, type Operation } from './model';

/** An operation on what TypeScript writes into the code of one file because of another. */
export function typesOperation({ dice, folder, unique }: Maker): Operation {
  const forms: Record<string, string> = {
    'const enum': `import { Level } from './deep'; export const value = Level.High;`,
    'const enum of a namespace': `import { Inner } from './deep'; export const value = Inner.Kind.One;`,
    enum: `import { Plain } from './deep'; export const value = Plain.B;`,
    'constant value': `import { limit } from './deep'; export const value = limit;`,
    'default import': `import anything from './deep'; export const value = anything;`,
    'import only of a type': `import { Shape } from './deep'; export const value: Shape | string = 'no value';`,
    'namespace import': `import * as all from './deep'; export const value = Object.keys(all).sort();`,
    'import = require': `import all = require('./deep'); export const value = Object.keys(all).sort();`,
    'type of a parameter': `import type { Weight } from './deep'; const seen: unknown[] = [];
const note = (target: object, key: string): void => { seen.push((globalThis as any).Reflect.types?.[key]); };
class Thing { @note set weight(value: Weight) {} }
export const value = [String(Thing), seen];`,
    'metadata of a member': `import { Weight } from './deep'; const note: any = () => {};
const seen: unknown[] = []; const R = Reflect as any;
R.metadata = (kind: string, type: unknown) => { seen.push([kind, [type].flat().map((one: any) => one?.name ?? String(one))]); return () => {}; };
class Thing { @note weight!: Weight; @note carry(a: Weight, b?: Weight[]): Weight { return a; } }
export const value = [seen, typeof Thing];`,
    'metadata through a re-export': `import { Weight } from './barrel'; const note: any = () => {};
const seen: unknown[] = []; const R = Reflect as any;
R.metadata = (kind: string, type: unknown) => { seen.push([kind, [type].flat().map((one: any) => one?.name ?? String(one))]); return () => {}; };
class Thing { @note weight!: Weight; }
export const value = [seen, typeof Thing];`,
    'const enum through a re-export': `import { Level } from './barrel'; export const value = Level.High;`,
  };
  const form = dice.one(Object.keys(forms));
  const word = (): string => JSON.stringify(dice.word());
  const deep = (weight: string): string =>
    `export const enum Level { Low = ${word()}, High = ${word()} }
export namespace Inner { export const enum Kind { One = ${dice.below(1000)} } }
export enum Plain { A, B = ${dice.below(1000)} }
export const limit = ${word()};
export default ${word()};
export interface Shape { a: number }
${weight}
`;
  const weights = [
    'export type Weight = number;',
    'export type Weight = string;',
    'export interface Weight { a: 1 }',
    'export class Weight {}',
    'export enum Weight { A }',
    `export type Weight = 'a' | 'b';`,
  ];
  const at = (name: string): string => `${folder}/${name}`;
  const edits = [0, 1, 2].map((): Change =>
    change('declarations change', put(at('deep.ts'), deep(dice.one(weights)))),
  );
  return {
    kind: `TypeScript ${form}`,
    code: `return require('./code').value;`,
    sandbox: true,
    entries: {
      [at('code.ts')]: forms[form] ?? '',
      [at('deep.ts')]: deep(dice.one(weights)),
      [at('barrel.ts')]: `export * from './deep';\n`,
    },
    changes: [
      ...edits,
      change(
        'barrel leads elsewhere',
        put(at('barrel.ts'), `export * from './other';\n`),
        put(at('other.ts'), deep(dice.one(weights))),
      ),
      change(
        'a file wins over the source',
        put(at('deep.js'), `exports.limit = exports.default = ${word()};`),
      ),
      change('a declaration file appears', put(at('deep.d.ts'), deep(dice.one(weights)))),
      change(
        'nearer tsconfig.json',
        put(at('tsconfig.json'), '{"compilerOptions":{"target":"es5"}}'),
      ),
      change(
        'global declarations appear',
        put(at(`${unique}.d.ts`), 'declare const anything: number;'),
      ),
    ],
  };
}
