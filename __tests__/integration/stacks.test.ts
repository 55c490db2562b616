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
