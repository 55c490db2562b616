import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';
import { command } from './upkeep/command';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** An edit, and the test files that must run for it. */
type Edit = [what: string, file: string, from: string, to: string, expectRan: string[]];

interface Stack {
  packages: string[];
  files: Files;
  edits: Edit[];
}

const TYPESCRIPT_EDITS = (test: (name: string) => string): Edit[] => [
  ['a comment', 'src/sign.ts', '// A comment.', '// Another.', []],
  ['a type', 'src/sign.ts', 'n: number', 'n: number | bigint', []],
  ['a branch', 'src/sign.ts', "'minus'", "['minus'].join()", [test('minus')]],
  ['a function that nobody calls', 'src/sign.ts', 'return 1', 'return 2', []],
];

const SIGN: Files = {
  'src/sign.ts': `// A comment.
export function sign(n: number): string {
  if (n > 0) {
    return 'plus';
  } else {
    return 'minus';
  }
}
export function unused(): number {
  return 1;
}
`,
  '__tests__/plus.test.ts':
    "import { sign } from '../src/sign';\ntest('plus', () => { expect(sign(1)).toBe('plus'); });\n",
  '__tests__/minus.test.ts':
    "import { sign } from '../src/sign';\ntest('minus', () => { expect(sign(-1)).toBe('minus'); });\n",
};

const STACKS: Record<string, Stack> = {
  'Vue with @vue/vue3-jest': {
    packages: [
      ...['vue', '@vue/vue3-jest', '@vue/test-utils', 'jest-environment-jsdom', 'babel-jest'],
      ...['@babel/core', '@babel/preset-env', '@babel/preset-typescript', 'typescript'],
    ],
    files: {
      'jest.config.js': `module.exports = {
  testEnvironment: 'jsdom',
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons'] },
  transform: { '^.+\\\\.vue$': '@vue/vue3-jest', '^.+\\\\.[jt]s$': 'babel-jest' },
  moduleFileExtensions: ['vue', 'js', 'ts', 'json'],
};\n`,
      'babel.config.js':
        "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] };\n",
      'src/Counter.vue': `<!-- Of nothing. -->
<template>
  <!-- A comment. -->
  <button @click="more">{{ label }}: {{ count }}</button>
</template>

<script>
import { sign } from './sign';
export default {
  props: { start: { type: Number, default: 0 } },
  data() {
    return { count: this.start };
  },
  computed: {
    label() {
      return sign(this.count);
    },
  },
  methods: {
    more() {
      this.count += 1;
    },
    less() {
      this.count -= 1;
    },
  },
};
</script>
`,
      'src/Greeting.vue':
        "<template>\n  <p>hello {{ name }}</p>\n</template>\n<script>\nexport default { props: ['name'] };\n</script>\n",
      ...SIGN,
      '__tests__/counter.test.ts': `import { mount } from '@vue/test-utils';
import Counter from '../src/Counter.vue';
test('counts', async () => {
  const counter = mount(Counter, { props: { start: 1 } });
  expect(counter.text()).toBe('plus: 1');
  await counter.find('button').trigger('click');
  expect(counter.text()).toBe('plus: 2');
});
`,
      '__tests__/shown.test.ts': `import { mount } from '@vue/test-utils';
import Counter from '../src/Counter.vue';
test('is shown', () => { expect(mount(Counter, { props: { start: 5 } }).text()).toContain('5'); });
`,
      '__tests__/greeting.test.ts': `import { mount } from '@vue/test-utils';
import Greeting from '../src/Greeting.vue';
test('greets', () => { expect(mount(Greeting, { props: { name: 'you' } }).text()).toMatch(/^hello you/); });
`,
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      [
        'a method',
        'src/Counter.vue',
        'count += 1',
        'count += 1 + 0',
        ['__tests__/counter.test.ts'],
      ],
      ['a method that nobody calls', 'src/Counter.vue', 'count -= 1', 'count -= 2', []],
      ['a comment of the file', 'src/Counter.vue', 'Of nothing.', 'Of something.', []],
      [
        'a template',
        'src/Greeting.vue',
        '{{ name }}',
        '{{ name }}!',
        ['__tests__/greeting.test.ts'],
      ],
    ],
  },
  'Nest with ts-jest': {
    packages: [
      ...['@nestjs/common', '@nestjs/core', '@nestjs/testing', 'reflect-metadata', 'rxjs'],
      ...['ts-jest', 'typescript', '@types/jest', '@types/node'],
    ],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': 'ts-jest' } };\n",
      'tsconfig.json':
        '{"compilerOptions":{"module":"commonjs","target":"ES2022","strict":true,"esModuleInterop":true,"skipLibCheck":true,"experimentalDecorators":true,"emitDecoratorMetadata":true,"types":["jest","node"]}}',
      ...SIGN,
      'src/cats.service.ts': `import { Injectable } from '@nestjs/common';
import { sign } from './sign';
@Injectable()
export class CatsService {
  find(id: number): string {
    return \`cat \${sign(id)}\`;
  }
  remove(id: number): string {
    return \`gone \${id}\`;
  }
}
`,
      'src/cats.controller.ts': `import { Controller, Delete, Get, Param } from '@nestjs/common';
import { CatsService } from './cats.service';
@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}
  @Get(':id')
  find(@Param('id') id: string): string {
    return this.cats.find(Number(id));
  }
  @Delete(':id')
  remove(@Param('id') id: string): string {
    return this.cats.remove(Number(id));
  }
}
`,
      ...Object.fromEntries(
        ['find', 'remove'].map((method) => [
          `__tests__/${method}.test.ts`,
          `import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { CatsController } from '../src/cats.controller';
import { CatsService } from '../src/cats.service';
test('${method}', async () => {
  const module = await Test.createTestingModule({ controllers: [CatsController], providers: [CatsService] }).compile();
  expect(module.get(CatsController).${method}('7')).toMatch(/cat plus|gone 7/);
});
`,
        ]),
      ),
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      [
        'a service',
        'src/cats.service.ts',
        'gone ${id}',
        'gone ${id}.',
        ['__tests__/remove.test.ts'],
      ],
      [
        'a controller',
        'src/cats.controller.ts',
        'this.cats.find(Number(id))',
        'this.cats.find(+id)',
        ['__tests__/find.test.ts'],
      ],
      [
        'a route, which a decorator holds',
        'src/cats.controller.ts',
        "@Get(':id')",
        "@Get('one/:id')",
        ['__tests__/find.test.ts', '__tests__/remove.test.ts'],
      ],
    ],
  },
  'Angular with jest-preset-angular': {
    packages: [
      ...['core', 'common', 'compiler', 'platform-browser'].map((name) => `@angular/${name}`),
      ...['jest-preset-angular', 'jest-environment-jsdom', 'zone.js', 'rxjs', 'tslib'],
      ...['typescript', '@types/jest', '@types/node'],
    ],
    files: {
      'jest.config.js':
        "const { createCjsPreset } = require('jest-preset-angular/presets');\nmodule.exports = { ...createCjsPreset(), setupFilesAfterEnv: ['<rootDir>/setup.ts'] };\n",
      'setup.ts':
        "import { setupZoneTestEnv } from 'jest-preset-angular/setup-env/zone';\nsetupZoneTestEnv();\n",
      'tsconfig.spec.json':
        '{"compilerOptions":{"target":"ES2022","module":"ES2022","moduleResolution":"bundler","strict":true,"isolatedModules":true,"esModuleInterop":true,"skipLibCheck":true,"experimentalDecorators":true,"useDefineForClassFields":false,"types":["jest","node"]}}',
      ...SIGN,
      'src/counter.component.html':
        '<!-- A comment. -->\n<button (click)="more()">{{ label() }}: {{ count }}</button>\n',
      'src/counter.component.ts': `import { Component, Input } from '@angular/core';
import { sign } from './sign';
@Component({ selector: 'app-counter', templateUrl: './counter.component.html' })
export class CounterComponent {
  @Input() count = 0;
  label(): string {
    return sign(this.count);
  }
  more(): void {
    this.count += 1;
  }
  less(): void {
    this.count -= 1;
  }
}
`,
      'src/greeting.component.ts': `import { Component } from '@angular/core';
@Component({ selector: 'app-greeting', template: '<p>hello {{ name }}</p>' })
export class GreetingComponent {
  name = 'you';
}
`,
      '__tests__/counter.test.ts': `import { TestBed } from '@angular/core/testing';
import { CounterComponent } from '../src/counter.component';
test('counts', () => {
  const counter = TestBed.createComponent(CounterComponent);
  counter.componentRef.setInput('count', 1);
  counter.detectChanges();
  counter.nativeElement.querySelector('button').click();
  counter.detectChanges();
  expect(counter.nativeElement.textContent).toBe('plus: 2');
});
`,
      '__tests__/shown.test.ts': `import { TestBed } from '@angular/core/testing';
import { CounterComponent } from '../src/counter.component';
test('is shown', () => {
  const counter = TestBed.createComponent(CounterComponent);
  counter.componentRef.setInput('count', 5);
  counter.detectChanges();
  expect(counter.nativeElement.textContent).toContain('5');
});
`,
      '__tests__/greeting.test.ts': `import { TestBed } from '@angular/core/testing';
import { GreetingComponent } from '../src/greeting.component';
test('greets', () => {
  const greeting = TestBed.createComponent(GreetingComponent);
  greeting.detectChanges();
  expect(greeting.nativeElement.textContent).toMatch(/^hello you/);
});
`,
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      [
        'a template in the class',
        'src/greeting.component.ts',
        '{{ name }}',
        '{{ name }}!',
        ['__tests__/greeting.test.ts'],
      ],
      // The preset hands it on as it is.
      [
        'a comment of a template in a file of its own',
        'src/counter.component.html',
        'A comment.',
        'Another.',
        ['__tests__/counter.test.ts', '__tests__/shown.test.ts'],
      ],
      [
        'a template in a file of its own',
        'src/counter.component.html',
        '<button ',
        '<button type="button" ',
        ['__tests__/counter.test.ts', '__tests__/shown.test.ts'],
      ],
      [
        'a comment in the class',
        'src/counter.component.ts',
        'this.count -=',
        '/* n */ this.count -=',
        [],
      ],
      [
        'a method',
        'src/counter.component.ts',
        'count += 1',
        'count += 1 + 0',
        ['__tests__/counter.test.ts'],
      ],
      ['a method that nobody calls', 'src/counter.component.ts', 'count -= 1', 'count -= 2', []],
    ],
  },
  'Next with next/jest': {
    packages: ['next', 'react', 'react-dom', 'jest-environment-jsdom'],
    files: {
      'jest.config.js':
        "module.exports = require('next/jest')({ dir: __dirname })({ testEnvironment: 'jsdom' });\n",
      'next.config.js': 'module.exports = { compiler: { reactRemoveProperties: false } };\n',
      '.env.test': 'NEXT_PUBLIC_RATE=2\n',
      'pages/index.tsx': 'export default function Home() { return <p>home</p>; }\n',
      ...SIGN,
      'src/price.module.css': '.price { color: red; }\n',
      'src/coin.png': 'PNG',
      'src/Price.tsx': `import styles from './price.module.css';
import coin from './coin.png';
import { sign } from './sign';
export default function Price({ n }: { n: number }) {
  return (
    <p className={styles.price}>
      {sign(n)} {n * Number(process.env.NEXT_PUBLIC_RATE)}
      <img src={coin.src} />
    </p>
  );
}
`,
      'src/Big.tsx': 'export default function Big() { return <b>big</b>; }\n',
      'src/Lazy.tsx': `import dynamic from 'next/dynamic';
const Big = dynamic(() => import('./Big'), { ssr: false, loading: () => <i>wait</i> });
export default function Lazy() { return <Big />; }
`,
      'render.tsx': `import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
export function render(node: ReactNode): HTMLElement {
  const box = document.createElement('div');
  act(() => createRoot(box).render(node));
  return box;
}
export const wait = () => act(() => new Promise<void>((resolve) => setTimeout(resolve)));
`,
      '__tests__/price.test.tsx': `import Price from '../src/Price';
import { render } from '../render';
test('price', () => {
  const box = render(<Price n={2} />);
  expect(box.textContent).toMatch(/^plus \\d/);
  expect(box.querySelector('p')?.className).toBe('price');
});
`,
      '__tests__/lazy.test.tsx': `import Lazy from '../src/Lazy';
import { render, wait } from '../render';
test('lazy', async () => {
  const box = render(<Lazy />);
  while (box.textContent === 'wait') await wait();
  expect(box.textContent).toMatch(/^big/);
});
`,
    },
    edits: [
      ...TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
      [
        'what next/dynamic imports',
        'src/Big.tsx',
        '<b>big',
        '<b>bigger',
        ['__tests__/lazy.test.tsx'],
      ],
      ['a component', 'src/Price.tsx', '{sign(n)}', '{`${sign(n)}`}', ['__tests__/price.test.tsx']],
      ['a CSS module, of which the names count', 'src/price.module.css', 'red', 'blue', []],
      ['an image, of which nothing is loaded', 'src/coin.png', 'PNG', 'GIF', []],
      ['a variable of a .env file', '.env.test', '=2', '=3', ['__tests__/price.test.tsx']],
      [
        'an option of the compiler',
        'next.config.js',
        'false',
        'true',
        ['lazy.test.tsx', 'minus.test.ts', 'plus.test.ts', 'price.test.tsx'].map(
          (name) => `__tests__/${name}`,
        ),
      ],
    ],
  },
  sucrase: {
    packages: ['@sucrase/jest-plugin', 'sucrase'],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '@sucrase/jest-plugin' } };\n",
      ...SIGN,
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
  'happy-dom': {
    packages: ['@happy-dom/jest-environment', 'happy-dom', '@swc/jest', '@swc/core'],
    files: {
      'jest.config.js':
        "module.exports = { testEnvironment: '@happy-dom/jest-environment', transform: { '\\\\.ts$': '@swc/jest' } };\n",
      ...SIGN,
      '__tests__/page.test.ts':
        "import { sign } from '../src/sign';\ntest('page', () => { document.body.textContent = sign(1); expect(document.body.innerHTML).toBe('plus'); });\n",
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
  esbuild: {
    packages: ['esbuild'],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '<rootDir>/esbuild.js' } };\n",
      'esbuild.js': `const { transformSync } = require('esbuild');
module.exports = {
  process: (text, file) => transformSync(text, { loader: 'ts', format: 'cjs', target: 'node20', sourcefile: file, sourcemap: 'inline' }),
};\n`,
      ...SIGN,
    },
    edits: TYPESCRIPT_EDITS((name) => `__tests__/${name}.test.ts`),
  },
};

/** Each is a row of the table "works with" in the docs. */
describe.each(Object.keys(STACKS))('%s', (name) => {
  test('nothing runs again, and each edit runs the test files that it can affect', () => {
    const stack = STACKS[name];
    if (stack === undefined) throw new Error(name);
    project = new Project(stack.files, ['jest', ...stack.packages]);
    const first = project.run(['--maxWorkers=2']);
    expect([first.failed, first.exitCode, first.stderr]).toEqual([[], 0, first.stderr]);
    expect(project.run().ran).toEqual([]);
    for (const [what, file, from, to, expectRan] of stack.edits) {
      project.edit(file, from, to);
      // A template has no lines of its own in any source map.
      if (what === 'a template')
        expect(command(project, ['why', 'greeting']).stdout).toContain(
          '\n    template, lines 1-3  src/Greeting.vue:1\n',
        );
      const { ran, exitCode } = project.run(['-i']);
      expect({ what, ran, exitCode }).toEqual({ what, ran: expectRan, exitCode: 0 });
    }
  });
});
