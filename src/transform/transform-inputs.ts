import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { shortHash } from '../dependencies/files/content';
import { sameStamp, stampOf, type Stamp } from '../dependencies/files/stat-cache';
import { listingValue } from '../dependencies/files/listing';
import { realPath } from '../dependencies/files/paths';
import { kindAt } from '../dependencies/files/stats';
import { getOrCreate } from '../dependencies/get-or-create';
import type { Dependency } from '../records/types';
import { unwatched } from '../interception/observer';
import { fileDependency } from '../recording/path-inputs';
import { askedVariables, toolVariable } from '../interception/tool-variables';

/**
 * What the output of a file was made from besides the file, kept beside Jest's cache of the output. Jest knows an output
 * by a key that is asked for before it is made, and so before it is known what it is made from. Where one of these
 * inputs has changed since, the file gets another key, and Jest has it made anew.
 */

/** An input as it was when the output was made; paths are absolute. */
export type TransformInput = Pick<Dependency, 'name' | 'value'> & { kind: InputKind };

const KINDS = ['file', 'absent', 'present', 'listing', 'variable'] as const;
type InputKind = (typeof KINDS)[number];

/** An output that was made, and is in Jest's cache by this key. */
interface Made {
  key: string;
  inputs: readonly TransformInput[];
}

/** What is known of a file between the question for its key and its transform. */
interface Asked {
  folder: string;
  key: string;
  made: readonly Made[];
  /** Variables whose values are part of the key. */
  variables: ReadonlySet<string>;
}

const asked = new Map<string, Asked>();
/** By file: what the output that this process was given last was made from. */
const inUse = new Map<string, readonly TransformInput[]>();
/** By folder: what this process noted, whether it could be written or not. */
const noted = new Map<string, Made[]>();
/** By cache directory: the variables that the tool chain of any process asked for. */
const variables = new Map<string, Set<string>>();
/** By folder of a file's notes, and of none that is not there. */
const listed = new Map<string, ReadonlySet<string>>();

/** Forgets what other processes may have noted more of since. */
export function forgetTransformInputs(): void {
  variables.clear();
  listed.clear();
}

/**
 * The key that Jest's cache is to know a file's output by.
 * @param inner The key that it has where nothing else is an input.
 * @param file Absolute path.
 */
export function transformKey(cacheDirectory: string, file: string, inner: string): string {
  const home = homeOf(cacheDirectory);
  const names = variablesOf(cacheDirectory);
  noteVariables(cacheDirectory);
  const set = [...names]
    .sort()
    .map((name) => [name, toolVariable(name)])
    .filter(([, value]) => value !== '');
  const usual = set.length === 0 ? inner : shortHash(JSON.stringify([inner, set]));
  const folder = path.join(home, shortHash(`${realPath(file)}\0${usual}`));
  const made = madeIn(home, folder);
  const valid = made.find(({ inputs }) => inputs.every(holds));
  const key = valid?.key ?? (made.length === 0 ? usual : keyNow(usual, made));
  asked.set(file, { folder, key, made, variables: snapshotOf(names) });
  inUse.set(file, valid?.inputs ?? []);
  given.delete(file);
  return key;
}

/**
 * Notes what the output of a file was made from, under the key that was asked for before.
 * @returns All that the output depends on, what earlier ones of the file were made from included: a transformer may keep
 * in memory what it has read once.
 */
export function noteTransformed(
  cacheDirectory: string,
  file: string,
  found: readonly TransformInput[],
): readonly TransformInput[] {
  const before = asked.get(file);
  const inputs = new Map<string, TransformInput>();
  for (const input of found) inputs.set(nameOf(input), input);
  for (const [name, value] of askedVariables())
    if (value !== '' && before?.variables.has(name) !== true)
      inputs.set(`variable ${name}`, { kind: 'variable', name, value });
  for (const { inputs: earlier } of before?.made ?? [])
    for (const input of earlier)
      if (!inputs.has(nameOf(input))) inputs.set(nameOf(input), now(input));
  const all = [...inputs.values()];
  inUse.set(file, all);
  given.delete(file);
  noteVariables(cacheDirectory);
  if (before !== undefined && all.length > 0) keep(before.folder, { key: before.key, inputs: all });
  return all;
}

/**
 * What the output of a file was made from that this process was given last: what it noted itself, and what another
 * process did that made the output of this key. Nothing for a file that this process asked for no output of.
 */
export function transformInputs(file: string): readonly TransformInput[] {
  const { folder, key } = asked.get(file) ?? {};
  if (folder === undefined) return [];
  return getOrCreate(given, file, () => {
    const others = notesIn(folder).filter((made) => made.key === key);
    return [...(inUse.get(file) ?? []), ...others.flatMap((made) => made.inputs)];
  });
}

/** By file: what `transformInputs` found. */
const given = new Map<string, readonly TransformInput[]>();

/** The variables that the tool chain is known to ask for, by any process. */
export function toolVariables(cacheDirectory: string): TransformInput[] {
  noteVariables(cacheDirectory);
  return [...variablesOf(cacheDirectory)].map((name) => ({
    kind: 'variable',
    name,
    value: toolVariable(name),
  }));
}

/** Kinds that exclude each other have one name. */
function nameOf({ kind, name }: TransformInput): string {
  return `${kind === 'listing' || kind === 'variable' ? kind : 'path'} ${name}`;
}

/** An input as it is now. */
function now({ kind, name }: TransformInput): TransformInput {
  switch (kind) {
    case 'variable':
      return { kind, name, value: toolVariable(name) };
    case 'listing':
      return listingInput(name);
    case 'present':
    case 'absent':
      return presence(name);
    case 'file':
      return fileInput(name);
  }
}

function holds(input: TransformInput): boolean {
  const { kind, value } = now(input);
  return kind === input.kind && value === input.value;
}

function keyNow(usual: string, made: readonly Made[]): string {
  const inputs = new Map(
    made.flatMap((one) => one.inputs.map((input) => [nameOf(input), now(input)])),
  );
  return shortHash(JSON.stringify([usual, [...inputs].sort(([a], [b]) => (a < b ? -1 : 1))]));
}

/** Whether there is something at a path. */
export function presence(name: string): TransformInput {
  const value = kindAt(name);
  return value === null ? { kind: 'absent', name, value: '' } : { kind: 'present', name, value };
}

/** The names in a folder. */
export function listingInput(name: string): TransformInput {
  return { kind: 'listing', name, value: listingValue(name, unwatched.readdirSync) };
}

/** Modules that this process has loaded, as they were then: it goes on with what it has. */
const loaded = new Map<string, TransformInput>();

const hashed = new Map<string, readonly [Stamp, TransformInput]>();

/** The content of a file, as this process loaded it if it did. */
export function fileInput(name: string): TransformInput {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const stamp = stampOf(name);
  const last = hashed.get(name);
  if (stamp !== null && last !== undefined && sameStamp(last[0], stamp)) return last[1];
  const input = { ...fileDependency(name, name) } as TransformInput;
  if (stamp !== null) hashed.set(name, [stamp, input]);
  return input;
}

/** The same for a module that this process has just loaded. */
export function loadedInput(name: string): TransformInput {
  const input = fileInput(name);
  loaded.set(name, input);
  return input;
}

function homeOf(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'testmon-inputs');
}

/** How the files begin that name variables. */
const VARIABLES = 'variables-';

function variablesOf(cacheDirectory: string): Set<string> {
  return getOrCreate(variables, cacheDirectory, () => {
    const home = homeOf(cacheDirectory);
    const files = [...namesIn(home)].filter((name) => name.startsWith(VARIABLES));
    return new Set(files.flatMap((name) => texts(readJson(path.join(home, name)))));
  });
}

let snapshot: { names: ReadonlySet<string>; of: Set<string> } | null = null;

/** The names as they are now: made anew where there are more. */
function snapshotOf(names: Set<string>): ReadonlySet<string> {
  if (snapshot?.of !== names || snapshot.names.size !== names.size)
    snapshot = { names: new Set(names), of: names };
  return snapshot.names;
}

function noteVariables(cacheDirectory: string): void {
  const names = variablesOf(cacheDirectory);
  const news = [...askedVariables().keys()].filter((name) => !names.has(name));
  if (news.length === 0) return;
  for (const name of news) names.add(name);
  const text = JSON.stringify(news.sort());
  write(path.join(homeOf(cacheDirectory), `${VARIABLES}${shortHash(text)}.json`), text);
}

function madeIn(home: string, folder: string): readonly Made[] {
  const own = noted.get(folder) ?? [];
  if (!namesIn(home).has(path.basename(folder))) return own;
  return [...own, ...notesIn(folder)];
}

function notesIn(folder: string): Made[] {
  try {
    return unwatched
      .readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => asMade(readJson(path.join(folder, name))) ?? []);
  } catch {
    return [];
  }
}

/** Nearly every file has no notes, so the folder of all is listed once. */
function namesIn(folder: string): ReadonlySet<string> {
  return getOrCreate(listed, folder, () => {
    try {
      return new Set(unwatched.readdirSync(folder));
    } catch {
      return new Set();
    }
  });
}

/** Of one file so many notes are kept; the newest names all inputs that any of them does. */
const MOST_NOTES = 16;

function keep(folder: string, made: Made): void {
  noted.set(folder, [...(noted.get(folder) ?? []), made].slice(-MOST_NOTES));
  const text = JSON.stringify(made);
  write(path.join(folder, `${shortHash(text)}.json`), text);
  try {
    const files = unwatched.readdirSync(folder).map((name) => path.join(folder, name));
    if (files.length <= MOST_NOTES) return;
    const byAge = files.map((file) => ({ file, at: unwatched.statSync(file).mtimeMs }));
    byAge.sort((a, b) => b.at - a.at);
    for (const { file } of byAge.slice(MOST_NOTES / 2)) fs.rmSync(file, { force: true });
  } catch {
    // Another process is doing the same.
  }
}

function write(place: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    // By its own hash: what another process notes at the same time stays beside it.
    const unfinished = `${place}.${randomUUID()}`;
    fs.writeFileSync(unfinished, text);
    fs.renameSync(unfinished, place);
  } catch {
    // Jest's own cache is in no better state, so that whoever needs the output makes it anew.
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(unwatched.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function asMade(value: unknown): Made | null {
  const { key, inputs } = (value ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && Array.isArray(inputs) && inputs.every(isInput)
    ? { key, inputs }
    : null;
}

/** Whether a value has an input's shape. */
export function isInput(value: unknown): value is TransformInput {
  const { kind, name, value: state } = (value ?? {}) as Record<string, unknown>;
  return (
    KINDS.some((known) => known === kind) && typeof name === 'string' && typeof state === 'string'
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((text): text is string => typeof text === 'string')
    : [];
}
