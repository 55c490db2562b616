import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GitFiles } from '../../src/workspace/git-files';
import { contentHash } from '../../src/dependencies/files/content';

let folder: string;
const variables = { ...process.env };

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-git-')));
  process.env['HOME'] = folder;
  process.env['GIT_CONFIG_NOSYSTEM'] = '1';
});

afterEach(() => {
  process.env = { ...variables };
  fs.rmSync(folder, { recursive: true, force: true });
});

function git(repository: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'protocol.file.allow=always', ...args],
    { cwd: repository, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}

function write(name: string, content: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

/** Writes files into a repository, by folder, and commits them. */
function commit(files: Record<string, string>, repository = 'repo'): string {
  const root = path.join(folder, repository);
  for (const [name, content] of Object.entries(files)) write(`${repository}/${name}`, content);
  if (!fs.existsSync(path.join(root, '.git'))) git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'all', '--allow-empty');
  return root;
}

const unchanged = async (root: string) => GitFiles.ask(root).unchanged();
const names = async (root: string) => [...(await unchanged(root)).keys()].sort();

const TWO = { 'a.js': 'a\n', 'sub/b.js': 'b\n' };

describe('what git vouches for', () => {
  it('is every file that is as it was committed, by the hash of its content', async () => {
    const root = commit({ ...TWO, 'naïve name.js': 'c\n', 'new\nline.js': 'd\n' });
    expect(await unchanged(root)).toEqual(
      new Map([
        ['a.js', contentHash('a\n')],
        ['naïve name.js', contentHash('c\n')],
        ['new\nline.js', contentHash('d\n')],
        ['sub/b.js', contentHash('b\n')],
      ]),
    );
  });

  it('is nothing that was edited, deleted or never added, and a staged edit counts as it stands', async () => {
    const root = commit({ ...TWO, 'c.js': 'c\n', 'd.js': 'd\n', 'e.js': 'e\n' });
    write('repo/a.js', 'x\n');
    fs.rmSync(path.join(root, 'c.js'));
    write('repo/new.js', 'new\n');
    write('repo/d.js', 'staged\n');
    git(root, 'add', 'd.js');
    write('repo/e.js', 'staged\n');
    git(root, 'add', 'e.js');
    write('repo/e.js', 'edited again\n');
    expect(await unchanged(root)).toEqual(
      new Map([
        ['d.js', contentHash('staged\n')],
        ['sub/b.js', contentHash('b\n')],
      ]),
    );
  });

  it('is nothing of a merge that is under way', async () => {
    const root = commit(TWO);
    git(root, 'checkout', '-qb', 'other');
    commit({ 'a.js': 'theirs\n' });
    git(root, 'checkout', '-q', '-');
    commit({ 'a.js': 'ours\n' });
    expect(() => git(root, 'merge', '-q', 'other')).toThrow();
    expect(await names(root)).toEqual(['sub/b.js']);
  });

  it('notices an edit of equal size in the moment after git looked', async () => {
    const root = commit(TWO);
    write('repo/a.js', 'z\n');
    expect(await names(root)).toEqual(['sub/b.js']);
  });

  it('is the same in a linked worktree and in a folder below the top', async () => {
    const root = commit({ ...TWO, 'sub/deep/c.js': 'c\n' });
    git(root, 'worktree', 'add', '-q', '../linked', '-b', 'linked');
    write('linked/sub/b.js', 'edited\n');
    expect(await names(path.join(folder, 'linked'))).toEqual(['a.js', 'sub/deep/c.js']);
    expect(await names(path.join(root, 'sub'))).toEqual(['b.js', 'deep/c.js']);
  });

  it('leaves the index as it was', async () => {
    const root = commit(TWO);
    fs.utimesSync(path.join(root, 'a.js'), 1, 1);
    const before = fs.readFileSync(path.join(root, '.git/index'));
    await unchanged(root);
    expect(fs.readFileSync(path.join(root, '.git/index')).equals(before)).toBe(true);
  });
});

describe('git does not vouch for', () => {
  it.each(['--assume-unchanged', '--skip-worktree'])('files marked %s', async (flag) => {
    const root = commit(TWO);
    git(root, 'update-index', flag, 'a.js');
    write('repo/a.js', 'edited behind its back\n');
    expect(await names(root)).toEqual(['sub/b.js']);
  });

  it('links and what a submodule holds', async () => {
    commit({ 's.js': 's\n' }, 'other');
    const root = commit(TWO);
    fs.symlinkSync('a.js', path.join(root, 'link.js'));
    git(root, 'submodule', '-q', 'add', '../other', 'module');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'more');
    expect(await names(root)).toEqual(['.gitmodules', 'a.js', 'sub/b.js']);
  });

  it('files below a folder that became a link', async () => {
    const root = commit({ ...TWO, 'other/b.js': 'b\n' });
    fs.rmSync(path.join(root, 'sub'), { recursive: true });
    fs.symlinkSync('other', path.join(root, 'sub'));
    expect(await names(root)).toEqual(['a.js', 'other/b.js']);
  });

  it.each(['text', 'text=auto', 'eol=lf', 'filter=any', 'ident', 'working-tree-encoding=UTF-16'])(
    'files with the attribute %s, wherever it is set',
    async (attribute) => {
      const root = commit(TWO);
      write('repo/sub/.gitattributes', `*.js ${attribute}\n`);
      expect(await names(root)).toEqual(['a.js']);
      fs.rmSync(path.join(root, 'sub/.gitattributes'));
      write('repo/.git/info/attributes', `a.js ${attribute}\n`);
      expect(await names(root)).toEqual(['sub/b.js']);
      fs.rmSync(path.join(root, '.git/info/attributes'));
      write('.config/git/attributes', `*.js ${attribute}\n`);
      expect(await names(root)).toEqual([]);
    },
  );

  it.each(['true', 'input'])('anything where core.autocrlf is %s', async (value) => {
    const root = commit(TWO);
    git(root, 'config', 'core.autocrlf', value);
    expect(await names(root)).toEqual([]);
    git(root, 'config', 'core.autocrlf', 'false');
    expect(await names(root)).toEqual(['a.js', 'sub/b.js']);
  });

  it('anything where line endings were converted by a setting that is gone', async () => {
    const root = path.join(folder, 'repo');
    fs.mkdirSync(root);
    git(root, 'init', '-q');
    git(root, 'config', 'core.autocrlf', 'input');
    commit({ 'a.js': 'a\r\n', 'sub/b.js': 'b\r\n' });
    // As after a while: git compares the content of what is as young as its index.
    for (const name of ['a.js', 'sub/b.js']) fs.utimesSync(path.join(root, name), 1_000, 1_000);
    git(root, 'update-index', '-q', '--refresh');
    git(root, 'config', '--unset', 'core.autocrlf');
    expect(await names(root)).toEqual([]);
  });
});

describe('without git', () => {
  it('nobody vouches: no repository, an ignored folder of one, a damaged index', async () => {
    write('plain/a.js', 'a\n');
    expect(await names(path.join(folder, 'plain'))).toEqual([]);
    const root = commit({ '.gitignore': 'ignored/\n' });
    write('repo/ignored/a.js', 'a\n');
    expect(await names(path.join(root, 'ignored'))).toEqual([]);
    fs.writeFileSync(path.join(root, '.git/index'), 'nonsense');
    expect(await names(root)).toEqual([]);
  });

  it('nobody vouches where its program is missing', async () => {
    const root = commit(TWO);
    process.env['PATH'] = path.join(folder, 'nowhere');
    expect(await names(root)).toEqual([]);
  });

  it('the variables of a hook lead nowhere else', async () => {
    const root = commit(TWO);
    const other = commit({ 'other.js': 'o\n' }, 'other');
    process.env['GIT_DIR'] = path.join(other, '.git');
    process.env['GIT_INDEX_FILE'] = path.join(other, '.git/index');
    process.env['GIT_WORK_TREE'] = other;
    expect(await names(root)).toEqual(['a.js', 'sub/b.js']);
  });
});

describe('programs that a repository names are not run', () => {
  let program: string;

  beforeEach(() => {
    program = path.join(folder, 'program.sh');
    fs.writeFileSync(program, '#!/bin/sh\necho "$*" >> "$(dirname "$0")/ran"\ncat\n', {
      mode: 0o755,
    });
  });

  const ran = () => fs.existsSync(path.join(folder, 'ran'));
  const set = (root: string, settings: Record<string, string>) => {
    for (const [name, value] of Object.entries(settings)) git(root, 'config', name, value);
  };
  const COMMITTED = { ...TWO, '.gitattributes': '*.dat filter=planted\n', 'data.dat': 'before\n' };

  it.each(['clean', 'process'])(
    'a filter (%s), to compare what times do not tell',
    async (which) => {
      const root = commit(COMMITTED);
      // Newer than the index is: git has to compare the content.
      const later = Date.now() / 1000 + 3600;
      fs.utimesSync(path.join(root, 'data.dat'), later, later);
      git(root, 'add', 'data.dat');
      set(root, { [`filter.planted.${which}`]: program, 'filter.planted.required': 'true' });
      expect(await names(root)).toEqual(['.gitattributes', 'a.js', 'sub/b.js']);
      expect(ran()).toBe(false);
    },
  );

  it('a monitor of the file system', async () => {
    const root = commit(COMMITTED);
    set(root, { 'core.fsmonitor': program });
    expect(await names(root)).toEqual(['.gitattributes', 'a.js', 'sub/b.js']);
    expect(ran()).toBe(false);
  });

  it.each([
    ['ssh', { 'remote.origin.url': 'ssh://host/path' }, 'core.sshCommand'],
    ['the other end', { 'remote.origin.url': 'file:///nowhere' }, 'remote.origin.uploadpack'],
  ])('%s, to fetch what a partial clone lacks', async (_what, settings, setting) => {
    const root = commit(COMMITTED);
    const { stdout } = spawnSync('git', ['rev-parse', ':.gitattributes'], { cwd: root });
    const blob = stdout.toString().trim();
    fs.rmSync(path.join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    fs.rmSync(path.join(root, '.gitattributes'));
    set(root, {
      'core.repositoryformatversion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      [setting]: program,
      ...settings,
    });
    // What the attributes say is not known, so nothing is vouched for.
    expect(await names(root)).toEqual([]);
    expect(ran()).toBe(false);
  });
});
