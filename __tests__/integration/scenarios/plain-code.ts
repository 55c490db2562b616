import { NO_TRANSFORM, testing, type Family } from './scenario';

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
      'src/whole.js':
        'const idle = 1;\nexports.text = String(arguments.callee);\nexports.other = () => 1;\n',
      '__tests__/whole.test.js': testing("expect(require('../src/whole').text).toMatch(/idle/);"),
      '__tests__/shown-function.test.js': testing(
        "expect(`${require('../src/shown').shown}`).toMatch(/^function shown/);",
      ),
      '__tests__/shown-class.test.js': testing(
        "expect(Function.prototype.toString.call(require('../src/shown').Shown)).toMatch(/^class/);",
      ),
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
