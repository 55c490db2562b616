import { SIGN, TYPESCRIPT_EDITS, type Stack } from './stack';

/** Frameworks with presets of their own. */
export const FRAMEWORKS: Record<string, Stack> = {
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
};
