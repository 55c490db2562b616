import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Project } from './scenario';

const test = (name: string): string => `__tests__/${name}.test.js`;

/** What a test does to `at('g')`, which the file system refuses, or which leaves what was there. */
const KEEPING: Record<string, string> = {
  'written-if-new': "try { fs.writeFileSync(at('g'), 'own', { flag: 'wx' }); } catch {}",
  'written-if-new-later':
    "await fs.promises.writeFile(at('g'), 'own', { flag: 'wx' }).catch(() => {});",
  'streamed-if-new':
    "await new Promise((done) => fs.createWriteStream(at('g'), { flags: 'wx' }).on('error', done).on('finish', done).end('own'));",
  'opened-if-new':
    'try { fs.openSync(at("g"), fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL); } catch {}',
  'copied-if-new':
    "try { fs.copyFileSync(at('other'), at('g'), fs.constants.COPYFILE_EXCL); } catch {}",
  'copied-without-force': "fs.cpSync(at('tree'), at('.'), { recursive: true, force: false });",
  'copied-by-choice': "fs.cpSync(at('tree'), at('.'), { recursive: true, filter: () => false });",
  'copied-from-nothing': "try { fs.copyFileSync(at('nothing'), at('g')); } catch {}",
  'moved-from-nothing': "try { fs.renameSync(at('nothing'), at('g')); } catch {}",
  'moved-from-nothing-later': "await fs.promises.rename(at('nothing'), at('g')).catch(() => {});",
  'moved-folder': "try { fs.renameSync(at('tree'), at('g')); } catch {}",
  'linked-over': "try { fs.symlinkSync('other', at('g')); } catch {}",
  'linked-hard-over': "try { fs.linkSync(at('other'), at('g')); } catch {}",
  aborted:
    "await fs.promises.writeFile(at('g'), 'own', { signal: AbortSignal.abort() }).catch(() => {});",
  'written-wrongly': "try { fs.writeFileSync(at('g'), Symbol('own')); } catch {}",
  'removed-as-folder': "try { fs.rmdirSync(at('g')); } catch {}",
  'made-as-folder': "try { fs.mkdirSync(at('g')); } catch {}",
  'made-below': "try { fs.mkdirSync(at('g', 'below'), { recursive: true }); } catch {}",
};

interface Asking {
  body: string;
  prepare?: (project: Project, folder: string) => void;
  edit: (project: Project, folder: string) => void;
}

const lead = (project: Project, link: string, target: string): void => {
  project.write({ [link]: null });
  fs.symlinkSync(target, project.path(link));
};

const change = (name: string) => (project: Project, folder: string) =>
  project.write({ [`${folder}/${name}`]: 'changed' });

/** What else a call depends on. */
const ASKING: Record<string, Asking> = {
  'opened-without-flags': {
    body: "await new Promise((done) => fs.open(at('g'), (_error, file) => fs.readFile(file, (_failed, text) => { fs.closeSync(file); expect(String(text)).toBeTruthy(); done(); })));",
    edit: change('g'),
  },
  'read-to-append': {
    body: "const file = fs.openSync(at('g'), 'a+'); expect(fs.readSync(file, Buffer.alloc(3), 0, 3, 0)).toBe(3); fs.closeSync(file);",
    edit: change('g'),
  },
  'read-to-append-later': {
    body: "const file = await fs.promises.open(at('g'), 'a+'); expect((await file.read(Buffer.alloc(3), 0, 3, 0)).bytesRead).toBe(3); await file.close();",
    edit: change('g'),
  },
  'read-by-number': {
    body: "const file = fs.openSync(at('g'), fs.constants.O_RDWR); expect(fs.readSync(file, Buffer.alloc(3))).toBe(3); fs.closeSync(file);",
    edit: change('g'),
  },
  'dead-link': {
    body: "expect(fs.readlinkSync(at('link'))).toBeTruthy();",
    prepare: (project, folder) => lead(project, `${folder}/link`, 'nothing'),
    edit: (project, folder) => lead(project, `${folder}/link`, 'nobody'),
  },
  'dead-link-of-child': {
    body: "require('child_process').execFileSync(process.execPath, ['-e', 'fs.readlinkSync(process.argv[1])', at('link')]);",
    prepare: (project, folder) => lead(project, `${folder}/link`, 'nothing'),
    edit: (project, folder) => lead(project, `${folder}/link`, 'nobody'),
  },
  'dead-link-gone': {
    body: "expect(fs.lstatSync(at('link'), { throwIfNoEntry: false })).toBeDefined();",
    prepare: (project, folder) => lead(project, `${folder}/link`, 'nothing'),
    edit: (project, folder) => fs.rmSync(project.path(`${folder}/link`)),
  },
  'dead-link-to-come': {
    body: "expect(() => fs.readlinkSync(at('link'))).toThrow();",
    edit: (project, folder) => lead(project, `${folder}/link`, 'nothing'),
  },
  'dead-link-awakes': {
    body: "expect(fs.existsSync(at('link'))).toBe(false);",
    prepare: (project, folder) => lead(project, `${folder}/link`, 'nothing'),
    edit: change('nothing'),
  },
  'above-a-link': {
    body: "expect(fs.readFileSync(at('.') + '/link/../g', 'utf8')).toBeTruthy();",
    prepare: (project, folder) => {
      project.write({ [`${folder}/one/below/f`]: '1', [`${folder}/one/g`]: '1' });
      project.write({ [`${folder}/two/below/f`]: '1', [`${folder}/two/g`]: '2' });
      lead(project, `${folder}/link`, 'one/below');
    },
    edit: (project, folder) => lead(project, `${folder}/link`, 'two/below'),
  },
  'folder-no-longer-empty': {
    body: "fs.rmdirSync(at('empty')); fs.mkdirSync(at('empty'));",
    prepare: (project, folder) => fs.mkdirSync(project.path(`${folder}/empty`)),
    edit: change('empty/g'),
  },
  'folder-now-empty': {
    body: "expect(() => fs.rmdirSync(at('full'))).toThrow();",
    prepare: (project, folder) => project.write({ [`${folder}/full/g`]: 'g' }),
    edit: (project, folder) => project.write({ [`${folder}/full/g`]: null }),
  },
  'name-taken': {
    body: "fs.symlinkSync('g', at('free')); fs.unlinkSync(at('free'));",
    edit: change('free'),
  },
  'name-free': {
    body: "expect(() => fs.linkSync(at('other'), at('taken'))).toThrow();",
    prepare: (project, folder) => project.write({ [`${folder}/taken`]: 'g' }),
    edit: (project, folder) => project.write({ [`${folder}/taken`]: null }),
  },
  'truncated-nothing': {
    body: "expect(() => fs.truncateSync(at('nothing'))).toThrow();",
    edit: change('nothing'),
  },
};

const IN_TEST = (name: string, body: string): string =>
  `const fs = require('fs');
const at = (...names) => require('path').join(__dirname, '../fixtures/${name}', ...names);
${testing(body)}`;

const fixture = (name: string): string => `fixtures/${name}`;

/** Tests that fail when their row has changed what they depend on. */
const FAILING = new Set([
  'dead-link-gone',
  'dead-link-to-come',
  'dead-link-awakes',
  'folder-no-longer-empty',
  'folder-now-empty',
  'name-taken',
  'name-free',
  'truncated-nothing',
]);

/** Calls of `fs` that fail, or that leave what was there, and calls that depend on more than they seem to. */
export const refused: Family = {
  name: 'file operations that are refused',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(KEEPING).map(([name, body]) => [
          test(name),
          IN_TEST(name, `${body}\nexpect(fs.readFileSync(at('g'), 'utf8')).toBeTruthy();`),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(ASKING).map(([name, { body }]) => [test(name), IN_TEST(name, body)]),
      ),
      ...Object.fromEntries(
        [...Object.keys(KEEPING), ...Object.keys(ASKING)].flatMap((name) => [
          [`${fixture(name)}/g`, 'what was there'],
          [`${fixture(name)}/other`, 'another'],
          [`${fixture(name)}/tree/g`, 'copied'],
        ]),
      ),
    },
    prepare: (project) => {
      for (const [name, { prepare }] of Object.entries(ASKING)) prepare?.(project, fixture(name));
    },
  },
  scenarios: [
    { name: 'nothing changed', edit: () => undefined, expectRan: [] },
    ...Object.keys(KEEPING).map((name) => ({
      name: `what was there stays: ${name}`,
      edit: (project: Project) => change('g')(project, fixture(name)),
      expectRan: [test(name)],
    })),
    ...Object.entries(ASKING).map(([name, { edit }]) => ({
      name,
      edit: (project: Project) => edit(project, fixture(name)),
      expectRan: [test(name)],
      // Some fail then, others do not.
      expectExit: FAILING.has(name) ? 1 : 0,
    })),
  ],
};
