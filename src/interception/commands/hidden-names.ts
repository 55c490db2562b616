import fs from 'node:fs';
import path from 'node:path';
import { isFile, statsOf } from '../../dependencies/files/stats';
import { isWithin } from '../../dependencies/files/workspace-paths';
import {
  askedNamesOf,
  bracedWordsOf,
  homeWordsOf,
  partsOf,
  quotedWordsOf,
  runsPrinted,
  takesNames,
  takesUnknownNames,
} from './command-words';
import type { ReaderContext } from './named-in-command';
import { isDots, knownPart, wordsOf } from './shell-words';

const { readFileSync } = fs;

/** Receives what a text names in other ways than by plain words. */
export interface HiddenNames {
  /** A word that may be the name of a file or a pattern. */
  word(word: string): void;
  /** The name of a file, whether it looks like one or not. */
  name(name: string): void;
  /** Files whose names cannot be known are read. */
  lost(): void;
}

/** The text of a command or a script. */
export interface CommandText {
  text: string;
  /** From `withoutComputed`. */
  known: string;
  /** Whether a shell runs it. */
  isShell: boolean;
}

/** A longer list of names is not read. */
const MAX_LIST_CHARACTERS = 100_000;

/** Reports quoted words, patterns with braces, names that are asked about, and names that stand in files. */
export function reportHiddenNames(
  { text, known, isShell }: CommandText,
  folder: string,
  { env, workspace }: ReaderContext,
  to: HiddenNames,
): void {
  for (const form of new Set([text, known])) {
    const words = [...quotedWordsOf(form), ...homeWordsOf(form, env.HOME)];
    if (isShell) words.push(...words.flatMap(quotedWordsOf), ...bracedWordsOf(form));
    for (const word of words)
      if (!isDots(word)) to.word(word.includes('$') ? knownPart(word) : word);
    for (const name of askedNamesOf(form, isShell)) to.name(name);
  }
  if (!isShell) return;
  if (takesUnknownNames(text) || runsPrinted(text)) to.lost();
  if (!takesNames(text)) return;
  for (const word of new Set([text, known].flatMap(wordsOf))) {
    const file = path.resolve(folder, word);
    if (isFile(file) && isWithin(workspace, file)) reportList(file, to);
  }
}

/** A file may hold the names of others. */
function reportList(file: string, to: HiddenNames): void {
  if ((statsOf(file)?.size ?? 0) > MAX_LIST_CHARACTERS) {
    to.lost();
    return;
  }
  const text = readFileSync(file, 'utf8');
  for (const name of text.split(/[\s\0]+/)) if (name !== '') to.name(name);
  for (const line of text.split(/[\n\0]/)) to.word(line.trim());
}

/** Returns the parts of a word that name what is there: for an option a file or folder, else a file. */
export function existingPartsOf(word: string, folder: string): string[] {
  const isOption = word.startsWith('-');
  return partsOf(word).filter((part) => {
    const stats = statsOf(path.resolve(folder, part));
    return isOption ? stats !== undefined : stats?.isFile() === true;
  });
}
