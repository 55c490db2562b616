import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** One commit of the history that is walked. */
export interface Commit {
  id: string;
  date: string;
  subject: string;
}

/** A clone of a repository that is walked, commit by commit. */
export class History {
  readonly #clone: string;
  readonly #folder: string;
  /** Hash of what the installed packages were asked for with. */
  #installedFor: string | null = null;

  /**
   * @param repository A repository, or a git directory.
   * @param clone Where the clone is made.
   * @param folder The project's folder in the repository.
   */
  constructor(repository: string, clone: string, folder: string) {
    this.#clone = clone;
    this.#folder = folder;
    fs.rmSync(clone, { recursive: true, force: true });
    execFileSync('git', ['clone', '--quiet', '--no-checkout', repository, clone]);
  }

  /** The folder in which Jest runs. */
  get project(): string {
    return path.join(this.#clone, this.#folder);
  }

  /**
   * The last commits of the first parents, oldest first, with the one before them.
   * @param touching Where commits that change none of these paths are left out; all commits count where it is empty.
   */
  commits(last: string, count: number, touching: readonly string[]): Commit[] {
    const format = '--format=%h%x09%as%x09%s';
    const args = ['log', '--first-parent', '-m', `-${count + 1}`, format, last];
    const paths = touching.length === 0 ? [] : ['--', ...touching];
    const lines = this.#git(...args, ...paths).split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line) => {
        const [id = '', date = '', subject = ''] = line.split('\t');
        return { id, date, subject };
      })
      .reverse();
  }

  /** Puts the files of a commit into the folder; files that are the same keep their times. */
  checkOut({ id }: Commit): void {
    this.#git('checkout', '--quiet', '--force', id);
  }

  /** Links installed packages of another folder into the clone, file by file. */
  linkPackages(from: string): void {
    const to = path.join(this.#clone, 'node_modules');
    execFileSync('cp', ['-al', path.join(from, 'node_modules'), to]);
  }

  /**
   * Installs packages if they were not installed for this lock file.
   * @returns Whether it did.
   */
  install(command: string): boolean {
    const hash = createHash('sha1');
    for (const name of ['package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml']) {
      const file = path.join(this.#clone, name);
      if (fs.existsSync(file)) hash.update(name).update(fs.readFileSync(file));
    }
    const asked = hash.digest('hex');
    if (asked === this.#installedFor) return false;
    const { status, stderr } = spawnSync(command, {
      cwd: this.#clone,
      shell: true,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr.slice(-1000)}`);
    this.#installedFor = asked;
    return true;
  }

  #git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.#clone, encoding: 'utf8', maxBuffer: 2 ** 26 });
  }
}
