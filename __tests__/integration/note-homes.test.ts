import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(180_000);

let project: Project;
afterEach(() => project.remove());

const DAY_S = 24 * 60 * 60;

describe('the notes of what outputs of transforms were made from', () => {
  test('are deleted when there are many, and no output is taken for another then', () => {
    project = new Project({
      'jest.config.js':
        "module.exports = { transform: { '\\\\.js$': '<rootDir>/transformer.js' } };",
      'transformer.js': `const fs = require('fs');
exports.process = (code) => ({ code: code.replace('CONF', fs.readFileSync(__dirname + '/conf.txt', 'utf8')) });\n`,
      'conf.txt': '1',
      'a.test.js': "test('it', () => expect(CONF).toBe(1));\n",
    });
    const cache = path.join(project.temporary, 'cache');
    const run = () => project.run([`--cacheDirectory=${cache}`, '--testmon-noselect']);
    const age = (folder: string, days: number) => {
      const time = Date.now() / 1000 - days * DAY_S;
      fs.utimesSync(path.join(folder, 'begun'), time, time);
    };
    const first = path.join(cache, 'testmon-inputs');
    const second = path.join(cache, 'testmon-inputs-1');
    expect(run().exitCode).toBe(0);
    project.write({ 'conf.txt': '2' });
    expect(run().exitCode).toBe(1);
    for (let nth = 0; nth <= 20_000; nth += 1) fs.mkdirSync(path.join(first, `subject-${nth}`));

    age(first, 31);
    expect(run().exitCode).toBe(1);
    expect(fs.readdirSync(second)).not.toEqual([]);
    // What was made with another value before the notes went is not given again.
    project.write({ 'conf.txt': '1' });
    expect(run().exitCode).toBe(0);

    const before = fs.readdirSync(first).length;
    age(second, 3);
    expect(run().exitCode).toBe(0);
    expect(fs.readdirSync(first).length).toBeLessThan(before);
    for (const name of fs.readdirSync(first))
      fs.rmSync(path.join(first, name), { recursive: true });
    expect(run().exitCode).toBe(0);
    expect(fs.existsSync(first)).toBe(false);
    project.write({ 'conf.txt': '3' });
    expect(run().exitCode).toBe(1);
  });
});
