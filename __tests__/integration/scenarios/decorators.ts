import { testing, type Base, type Family, type Files } from './scenario';

/** What `reflect-metadata` does for decorated classes, as far as this project needs it. */
const REFLECT = `
const known = new WeakMap();
Reflect.metadata = (key, value) => (target) => {
  if (!known.has(target)) known.set(target, new Map());
  known.get(target).set(key, value);
};
Reflect.getMetadata = (key, target) => known.get(target)?.get(key);
`;

/** Each module is for one row that selects who loaded it, so that one run can judge all of them. */
const SOURCES: Files = {
  'src/reflect.js': REFLECT,
  'src/inject.ts': `import './reflect.js';
export const registered = [];
export function Injectable(): any {
  return (target: any) => {
    registered.push(target.name);
  };
}
`,
  'src/clocks.ts': `const unit = 'ms';
export class Clock {
  now(): string {
    return 1 + unit;
  }
}
export class Calendar {
  now(): string {
    return 'today';
  }
}
`,
  'src/services.ts': `import { Injectable } from './inject';
import { Clock } from './clocks';
@Injectable()
export class Service {
  constructor(readonly clock: Clock) {}
  time(): string {
    return this.clock.now();
  }
  never(): number {
    return 0;
  }
}
export function plain(): number {
  return 1;
}
`,
  'src/handlers.ts': `import { Injectable } from './inject';
import { Calendar, Clock } from './clocks';
@Injectable()
export class Handler {
  constructor(readonly clock: Clock) {}
}
export const calendars = () => Calendar;
`,
  'src/plugins.ts': `import { Injectable } from './inject';
@Injectable()
export class Plugin {}
export function plugged(): number {
  return 1;
}
`,
  'src/late.ts': `import { Injectable } from './inject';
export function late(): number {
  return Injectable.length;
}
`,
  '__tests__/service.test.ts': `import { Clock } from '../src/clocks';\nimport { Service } from '../src/services';\n${testing('expect(new Service(new Clock()).time()).toMatch(/^1/);')}`,
  '__tests__/types.test.ts': `import { Service } from '../src/services';\n${testing("const [type] = (Reflect as any).getMetadata('design:paramtypes', Service);\nexpect(new type().now()).toBeTruthy();")}`,
  '__tests__/plain.test.ts': `import { plain } from '../src/services';\n${testing('expect(plain()).toBeGreaterThan(0);')}`,
  '__tests__/calendars.test.ts': `import { calendars } from '../src/handlers';\n${testing('expect(calendars()).toBeTruthy();')}`,
  '__tests__/registered.test.ts': `import '../src/plugins';\nimport { registered } from '../src/inject';\n${testing("expect(registered).toEqual(['Plugin']);")}`,
  '__tests__/plugged.test.ts': `import { plugged } from '../src/plugins';\n${testing('expect(plugged()).toBe(1);')}`,
  '__tests__/late.test.ts': `import { late } from '../src/late';\n${testing('expect(late()).toBe(0);')}`,
};

const testFiles = (...names: string[]): string[] =>
  names.map((name) => `__tests__/${name}.test.ts`);

const DECORATORS = {
  parser: { syntax: 'typescript', decorators: true },
  target: 'es2022',
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

const swc = (module: string, more: string): string =>
  `module.exports = { ${more} transform: { '\\\\.ts$': ['@swc/jest', ${JSON.stringify({ jsc: DECORATORS, module: { type: module } })}] } };`;

const bases: readonly [transformer: string, base: Omit<Base, 'files'> & { files: Files }][] = [
  [
    'SWC',
    {
      packages: ['jest', '@swc/jest', '@swc/core'],
      files: { 'jest.config.js': swc('commonjs', '') },
    },
  ],
  [
    'ts-jest',
    {
      packages: ['jest', 'ts-jest', 'typescript', '@types/jest'],
      files: {
        'tsconfig.json':
          '{"compilerOptions":{"module":"CommonJS","target":"ES2022","isolatedModules":true,"experimentalDecorators":true,"emitDecoratorMetadata":true}}',
        'jest.config.js':
          "module.exports = { transform: { '\\\\.ts$': ['ts-jest', { diagnostics: false }] } };",
      },
    },
  ],
  [
    'ES modules',
    {
      env: { NODE_OPTIONS: '--experimental-vm-modules' },
      packages: ['jest', '@swc/jest', '@swc/core'],
      files: { 'jest.config.js': swc('es6', "extensionsToTreatAsEsm: ['.ts'],") },
    },
  ],
];

/** Classes with decorators, which run as the module is loaded, and see the types of parameters. */
export const decorators: readonly Family[] = bases.map(([transformer, base]) => ({
  name: `decorators, ${transformer}`,
  base: { ...base, files: { ...SOURCES, ...base.files } },
  scenarios: [
    {
      name: 'a helper that nobody uses',
      edit: (project) =>
        project.edit('src/services.ts', '@Injectable', 'const never = { a: 1 };\n@Injectable'),
      expectRan: [],
    },
    {
      name: 'a method that nobody called',
      edit: (project) => project.edit('src/services.ts', 'return 0', 'return 2'),
      expectRan: [],
    },
    {
      name: 'a value that a method of an injected class uses',
      edit: (project) => project.edit('src/clocks.ts', "'ms'", "'us'"),
      expectRan: testFiles('service', 'types'),
    },
    {
      name: 'the type of a parameter',
      edit: (project) => project.edit('src/handlers.ts', 'clock: Clock', 'clock: Calendar'),
      expectRan: testFiles('calendars'),
    },
    {
      name: 'a class that a decorator gets',
      edit: (project) => project.edit('src/plugins.ts', 'Plugin {}', 'Plugin {\n  more() {}\n}'),
      expectRan: testFiles('plugged', 'registered'),
    },
    {
      name: 'another class with a decorator',
      edit: (project) =>
        project.edit(
          'src/late.ts',
          'export function',
          '@Injectable()\nexport class Late {}\nexport function',
        ),
      expectRan: testFiles('late'),
    },
  ],
}));
