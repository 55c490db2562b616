import { NO_TRANSFORM, testing, type Family } from './scenario';

const calling = (options: string): string =>
  testing(
    `const { execSync } = require('child_process');\nexpect(execSync('npm run -s hello', ${options}).toString()).toContain('hello');`,
  );

/** What a package manager remembers from call to call is no input; what it is told, and what it runs, is. */
export const packageManagers: Family = {
  name: 'package managers in children',
  base: {
    files: {
      ...NO_TRANSFORM,
      'package.json': '{"name":"fixture","private":true,"scripts":{"hello":"node hello.js"}}',
      'hello.js': "console.log(require('fs').readFileSync('text.txt', 'utf8'));\n",
      'text.txt': 'hello',
      '.npmrc': 'cache=./remembered\n',
      'other/package.json': '{"name":"other","scripts":{"hello":"echo hello"}}',
      '__tests__/by-config.test.js': calling('{}'),
      '__tests__/by-variable.test.js': calling(
        "{ cwd: 'other', env: { ...process.env, npm_config_cache: require('path').resolve('other-memory') } }",
      ),
    },
  },
  scenarios: [
    {
      name: 'what npm itself has written since',
      edit: (project) =>
        project.write({
          'remembered/_logs/2000-01-01T00_00_00_000Z-debug-0.log': '',
          'remembered/_update-notifier-last-checked': '',
          'other-memory/_logs/2000-01-01T00_00_00_000Z-debug-0.log': '',
        }),
      expectRan: [],
    },
    {
      name: 'what a script reads that npm runs',
      edit: (project) => project.write({ 'text.txt': 'hello again' }),
      expectRan: ['__tests__/by-config.test.js'],
    },
    {
      name: 'the script in package.json',
      edit: (project) => project.edit('other/package.json', 'echo hello', 'echo hello there'),
      expectRan: ['__tests__/by-variable.test.js'],
    },
    {
      name: 'the settings of npm',
      edit: (project) => project.write({ '.npmrc': 'cache=./remembered\nignore-scripts=false\n' }),
      expectRan: ['__tests__/by-config.test.js'],
    },
  ],
};
