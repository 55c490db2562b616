import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Change, Entries, Step } from './model';

/** A folder in which a generated project lies, with a copy of its files to go back to. */
export class Tree {
  readonly base: string;
  readonly root: string;
  readonly #kept: string;

  constructor(base: string) {
    this.base = base;
    this.root = path.join(base, 'project');
    this.#kept = path.join(base, 'kept');
    fs.mkdirSync(this.root, { recursive: true });
    fs.mkdirSync(this.temporary, { recursive: true });
  }

  /** The temporary folder of what runs in the project. */
  get temporary(): string {
    return path.join(this.base, 'tmp');
  }

  write(entries: Entries): void {
    for (const [name, entry] of Object.entries(entries))
      putEntry(path.join(this.root, name), entry);
  }

  /** Does to the files what a change says; what it says about variables is left out. */
  apply({ steps }: Change): void {
    for (const step of steps) this.#do(step);
  }

  /** Remembers all files as they are now. */
  keep(): void {
    fs.rmSync(this.#kept, { recursive: true, force: true });
    execFileSync('cp', ['-a', this.root, this.#kept]);
  }

  /** Goes back to what was kept, with the same times. */
  restore(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
    execFileSync('cp', ['-a', this.#kept, this.root]);
  }

  #do(step: Step): void {
    const at = (name: string): string => path.join(this.root, name);
    switch (step.do) {
      case 'put':
        putEntry(at(step.path), step.entry);
        return;
      case 'remove':
        fs.rmSync(at(step.path), { recursive: true, force: true });
        return;
      case 'move':
        if (fs.lstatSync(at(step.from), { throwIfNoEntry: false }) === undefined) return;
        fs.rmSync(at(step.to), { recursive: true, force: true });
        fs.mkdirSync(path.dirname(at(step.to)), { recursive: true });
        fs.renameSync(at(step.from), at(step.to));
        return;
      case 'variable':
    }
  }
}

/** Writes an entry; a file that stands where a folder is needed makes room. */
function putEntry(place: string, entry: Entries[string]): void {
  makeFolder(path.dirname(place));
  const there = fs.lstatSync(place, { throwIfNoEntry: false });
  if (there !== undefined && (there.isDirectory() || there.isSymbolicLink()))
    fs.rmSync(place, { recursive: true });
  if (typeof entry === 'object' && 'folder' in entry) makeFolder(place);
  else if (typeof entry === 'string') fs.writeFileSync(place, entry);
  else {
    fs.rmSync(place, { force: true });
    fs.symlinkSync(entry.linkTo, place);
  }
}

function makeFolder(folder: string): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolder(path.dirname(folder));
  fs.rmSync(folder, { force: true });
  fs.mkdirSync(folder);
}

/** The environment variables after some changes, where null unsets one; `<root>` stands for the project. */
export function variablesAfter(
  variables: Readonly<Record<string, string>>,
  changes: readonly Change[],
  root: string,
): NodeJS.ProcessEnv {
  const after: NodeJS.ProcessEnv = { ...variables };
  for (const step of changes.flatMap(({ steps }) => steps)) {
    if (step.do !== 'variable') continue;
    if (step.value === null) delete after[step.name];
    else after[step.name] = step.value;
  }
  for (const [name, value] of Object.entries(after))
    after[name] = value?.replaceAll('<root>', root);
  return after;
}
