import { NO_TRANSFORM, testing, type Family } from './scenario';

/** How the text of a function is seen in other ways than by `toString` of the test's own realm. */
const WAYS: Record<string, string> = {
  'new-realm':
    "expect(vm.runInNewContext('Function.prototype.toString').call(told)).toMatch(/^function told/);",
  'new-realm-script':
    "expect(new vm.Script('Function').runInNewContext().prototype.toString.call(told)).toMatch(/^function told/);",
  'made-realm':
    "const context = vm.createContext({});\nexpect(vm.runInContext('(f) => Function.prototype.toString.call(f)', context)(told)).toMatch(/^function told/);",
  'this-realm':
    "expect(vm.runInThisContext('Function.prototype.toString').call(told)).toMatch(/^function told/);",
  'realm-of-node':
    'expect(Object.getPrototypeOf(fs.readFileSync).toString.call(told)).toMatch(/^function told/);',
  'constructor-of-node':
    'expect(fs.readFileSync.constructor.prototype.toString.call(told)).toMatch(/^function told/);',
  cloned: uncloned('structuredClone(told)'),
  'cloned-inside': uncloned('structuredClone({ a: [1, new Map([[1, told]])] })'),
  posted:
    'const { port1 } = new MessageChannel();\ntry {\n' +
    uncloned('port1.postMessage(told)') +
    '\n} finally {\n  port1.close();\n}',
  serialized: uncloned("require('v8').serialize([told])"),
};

/** A function that cannot be cloned is shown in the error. V8 leaves out the middle of a long text. */
function uncloned(statement: string): string {
  return `let message = '';
try {
  ${statement};
} catch (error) {
  message = error.message;
  expect(error.stack).toContain(message);
}
expect(message).toMatch(/^function told.a. \\{\\n {2}if .a. \\{\\n {4}return ...es., a..join..;\\n {2}\\}\\n {2}return \\[.(?:.o., )?.{0,40}\\.\\.\\.<omitted>\\.\\.\\.\\n\\} could not be cloned\\.$/);`;
}

const SHOWN_ELSEWHERE: Record<string, string> = Object.fromEntries(
  Object.entries(WAYS).map(([name, body]) => [
    `__tests__/shown-${name}.test.js`,
    `const fs = require('fs');\nconst vm = require('vm');\n${testing(`const { told } = require('../src/told');\n${body}`)}`,
  ]),
);

/** JavaScript that runs as it is written: nothing normalises it before its blocks are taken. */
export const plainCode: Family = {
  name: 'code, as it is written',
  base: {
    files: {
      ...NO_TRANSFORM,
      'src/breaks.js': `
exports.value = function value() {
  return 'here';
};
exports.other = function other() {
  return 'there';
};
`,
      '__tests__/value.test.js': testing(
        "expect([undefined, 'here']).toContain(require('../src/breaks').value());",
      ),
      '__tests__/other.test.js': testing(
        "expect([undefined, 'there']).toContain(require('../src/breaks').other());",
      ),
      'src/shadow.js': `
const level = 'outer';
exports.read = function read(deep) {
  if (deep) {
    deep = false;
  }
  return typeof level;
};
exports.helper = function helper(deep) {
  if (deep) {
    deep = false;
  }
  return typeof outer;
};
function outer() {}
`,
      '__tests__/shadow-var.test.js': testing(
        "expect(require('../src/shadow').read(false)).toMatch(/string|undefined/);",
      ),
      '__tests__/shadow-function.test.js': testing(
        "expect(require('../src/shadow').helper(false)).toMatch(/function|undefined/);",
      ),
      'src/data.json': '{"answer":42}',
      '__tests__/json.test.js': testing(
        "expect(require('../src/data.json').answer).toBeGreaterThan(0);",
      ),
      'src/legacy.cjs': 'exports.old = () => 1;\n',
      '__tests__/legacy.test.js': testing(
        "expect(require('../src/legacy.cjs').old()).toBeGreaterThan(0);",
      ),
      'src/shown.js': `
exports.shown = function shown(a) {
  if (a) {
    return ['yes', a].join();
  }
  return ['no', a].join();
};
exports.Shown = class {
  method() {
    return ['method', this].join();
  }
};
exports.called = function called() {
  return ['called'].join();
};
`,
      'src/told.js': `
exports.told = function told(a) {
  if (a) {
    return ['yes', a].join();
  }
  return ['no', 'this text is longer than what the message shows of it', a].join();
};
`,
      'src/whole.js':
        'const idle = 1;\nexports.text = String(arguments.callee);\nexports.other = () => 1;\n',
      '__tests__/whole.test.js': testing("expect(require('../src/whole').text).toMatch(/idle/);"),
      '__tests__/shown-function.test.js': testing(
        "expect(`${require('../src/shown').shown}`).toMatch(/^function shown/);",
      ),
      '__tests__/shown-class.test.js': testing(
        "expect(Function.prototype.toString.call(require('../src/shown').Shown)).toMatch(/^class/);",
      ),
      ...SHOWN_ELSEWHERE,
      '__tests__/nothing.test.js': testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'a line break after return changes what is returned',
      edit: (project) => project.edit('src/breaks.js', "return 'here'", "return\n'here'"),
      expectRan: ['__tests__/value.test.js'],
    },
    {
      name: 'line breaks and spaces elsewhere change nothing',
      edit: (project) =>
        project.edit('src/breaks.js', "return 'here';\n};", "\n\n  return   'here'\n\n}\n;"),
      expectRan: [],
    },
    {
      name: 'a var in a branch that did not run shadows an outer name',
      edit: (project) => project.edit('src/shadow.js', 'deep = false;', 'var level = 1;'),
      expectRan: ['__tests__/shadow-var.test.js'],
    },
    {
      name: 'a function in a branch that did not run shadows an outer name',
      edit: (project) =>
        project.edit(
          'src/shadow.js',
          'deep = false;\n  }\n  return typeof outer',
          'function outer() {}\n  }\n  return typeof outer',
        ),
      expectRan: ['__tests__/shadow-function.test.js'],
    },
    {
      name: 'a let in a branch that did not run stays in it',
      edit: (project) => project.edit('src/shadow.js', 'deep = false;', 'let level = 1;'),
      expectRan: [],
    },
    {
      name: 'the body of a function that a test makes a text of',
      edit: (project) => project.edit('src/shown.js', "'no'", "'No'"),
      expectRan: ['__tests__/shown-function.test.js'],
    },
    {
      name: 'a branch of a function that a test makes a text of',
      edit: (project) => project.edit('src/shown.js', "'yes'", "'Yes'"),
      expectRan: ['__tests__/shown-function.test.js'],
    },
    {
      name: 'a method of a class that a test makes a text of',
      edit: (project) => project.edit('src/shown.js', "'method'", "'Method'"),
      expectRan: ['__tests__/shown-class.test.js'],
    },
    {
      name: 'a branch of a function whose text is seen by another realm or in an error',
      edit: (project) => project.edit('src/told.js', "'yes'", "'Yes'"),
      expectRan: Object.keys(SHOWN_ELSEWHERE),
    },
    {
      name: 'a function beside those that a test makes a text of',
      edit: (project) => project.edit('src/shown.js', "'called'", "'Called'"),
      expectRan: [],
    },
    {
      name: 'a declaration that nothing refers to, in a module that makes a text of itself',
      edit: (project) => project.edit('src/whole.js', 'idle = 1', 'idle = 2'),
      expectRan: ['__tests__/whole.test.js'],
    },
    {
      name: 'a JSON module',
      edit: (project) => project.edit('src/data.json', '42', '43'),
      expectRan: ['__tests__/json.test.js'],
    },
    {
      name: 'a JavaScript file that no transformer touches',
      edit: (project) => project.edit('src/legacy.cjs', '1', '2'),
      expectRan: ['__tests__/legacy.test.js'],
    },
  ],
};
