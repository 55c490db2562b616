import fs from 'node:fs';
import path from 'node:path';
import { isFile, isFolder, statsOf } from '../../dependencies/files/stats';
import { isWithin } from '../../dependencies/files/workspace-paths';
import { operandsOf, readsScript } from './command-words';
import { existingPartsOf, reportHiddenNames } from './hidden-names';
import { implicitReads, reportImplicit } from './implicit-reads';
import {
  languageOfProgram,
  languageOfScript,
  quotedIn,
  startsAsScript,
  type Language,
} from './languages';
import { GLOB, matchesOf, reportFolder } from './named-folders';
import { hidesNode } from './hidden-node';
import { MAX_CHARACTERS, MAX_SCRIPT_CHARACTERS, MAX_TEXT_CHARACTERS } from './limits';
import type { NamedInCommand, ReaderContext } from './named-in-command';
import { isNode, isNodeProgram, readNodeCommand, runsNode, SCRIPT, startOf } from './node-command';
import {
  foldersIn,
  Programs,
  searchPathOf,
  variablesInside,
  type HowSought,
} from './program-search';
import type { RepositoryReader } from './repository-reads';
import { reportModules } from './script-modules';
import {
  assignedPaths,
  changedFolders,
  fromProgram,
  isDots,
  isProgramName,
  knownPart,
  MODULE_VARIABLES,
  nodeArgumentsIn,
  PATH_LIKE,
  runsOthers,
  simpleCommandsOf,
  withoutComputed,
  wordsOf,
} from './shell-words';
import { asksForAnyVariable, VARIABLE_NAME, variablesIn } from './variables-in-text';

const { readFileSync } = fs;

/** Reads one command, and the scripts that it runs. */
export class CommandReader {
  readonly #to: NamedInCommand;
  readonly #context: ReaderContext;
  readonly #seen = new Set<string>();
  /** The scripts of package.json files that were already read. */
  readonly #manifestScripts: Set<string>;
  /** Scripts of other interpreters that were already read. */
  readonly #scripts = new Set<string>();
  /** The variables that lead into the workspace. */
  #variables: NodeJS.ProcessEnv | null = null;
  #charactersLeft = MAX_CHARACTERS;
  readonly #programs: Programs;
  /** Folders in which interpreters look for modules, as variables say. */
  readonly #libraries: string[] = [];

  constructor(to: NamedInCommand, context: ReaderContext, manifestScripts = new Set<string>()) {
    this.#to = to;
    this.#context = context;
    this.#manifestScripts = manifestScripts;
    this.#programs = new Programs(context.workspace);
  }

  /** The command is started in a folder: variables say where its program and modules are found. */
  startIn(folder: string): void {
    const { env } = this.#context;
    const search = searchPathOf(env);
    if (search !== undefined) this.#programs.searchIn(search, folder);
    for (const variable of MODULE_VARIABLES) this.#modulesIn(env[variable] ?? '', folder);
  }

  #variablesIn(folder: string): NodeJS.ProcessEnv {
    this.#variables ??= variablesInside(this.#context.env, this.#context.workspace);
    return { ...this.#variables, PWD: folder };
  }

  #modulesIn(value: string, folder: string): void {
    if (value !== '') this.#libraries.push(...foldersIn(value, folder));
  }

  /**
   * Reads a text.
   * @param isCommand Whether it is run: else it is an argument, or a list of them.
   * @param language What runs it. Null for a shell command, and if it is not known.
   */
  text(text: string, folder: string, isCommand = true, language: Language | null = null): void {
    if (text.length > (language === null ? MAX_TEXT_CHARACTERS : MAX_SCRIPT_CHARACTERS)) return;
    const { isNode: ofNode, hooked } = this.#context;
    if (isCommand && !ofNode && hidesNode(text)) this.#to.lost();
    this.variablesOf(text);
    for (const args of nodeArgumentsIn(text)) this.node(args, folder);
    this.#word(text, folder, hooked && ofNode);
    const known = /[$`]|#\{/.test(text) ? withoutComputed(text, this.#variablesIn(folder)) : text;
    const isShell = isCommand && !ofNode && (language === null || language.isShell === true);
    for (const [variable, value] of ofNode ? [] : assignedPaths(known))
      if (variable === 'PATH') this.#programs.searchIn(value, folder);
      else this.#modulesIn(value, folder);
    const folders = isShell ? changedFolders(known, folder).filter(isFolder) : [];
    for (const at of [folder, ...folders]) this.#words(text, known, at, isCommand, language);
    if (!ofNode)
      for (const at of [folder, ...folders])
        reportHiddenNames({ text, known, isShell }, at, this.#context, {
          word: (word) => this.#word(word, at, false, false),
          name: (name) => this.#named(name, at),
          lost: () => this.#to.lost(),
        });
    if (language === null || isShell) return;
    for (const quoted of quotedIn(text))
      if (isDots(quoted)) this.#word(quoted, folder, false);
      else this.#program(quoted.split(/\s/)[0] ?? '', folder, 'known');
  }

  /** Reports which variables a text asks for. */
  variablesOf(text: string): void {
    const { env, isNode: ofNode } = this.#context;
    for (const variable of variablesIn(text, ofNode ? [] : Object.keys(env)))
      this.#to.asked(variable);
    if (!ofNode && asksForAnyVariable(text)) this.#allVariables();
  }

  #allVariables(): void {
    for (const variable of ['', ...Object.keys(process.env)]) this.#to.asked(variable);
  }

  /** A name counts, whether it looks like a path or not. */
  #named(name: string, folder: string): void {
    if (isDots(name)) return;
    this.#word(name, folder, false, false);
    const file = path.resolve(folder, name);
    if (statsOf(file) === undefined) this.#to.missed(file);
  }

  /** Reads what a program gets on its standard input. @param words Its name and its arguments. */
  input(input: string, words: readonly string[], folder: string): void {
    const language = languageOfProgram(words.find((word) => languageOfProgram(word)) ?? '');
    if (readsScript(words) && language !== null) {
      this.text(input, folder, true, language);
      this.#loads(language, input, null, folder);
    } else this.text(input, folder, false);
  }

  #words(
    text: string,
    known: string,
    folder: string,
    isCommand: boolean,
    language: Language | null,
  ): void {
    const { isNode: ofNode, hooked } = this.#context;
    const all = wordsOf(text);
    const isCode = language !== null && language.isShell !== true;
    for (const command of simpleCommandsOf(text)) {
      const words = wordsOf(command);
      const program = words.length - fromProgram(command).length;
      const runs = hooked && (ofNode || runsNode(command, words));
      for (const [index, word] of words.entries())
        if (isDots(word) && isCommand && (index <= program || isCode)) continue;
        else if (isCommand || !GLOB.test(word) || statsOf(path.resolve(folder, word)) !== undefined)
          this.#word(word, folder, runs, index === 0);
    }
    if (ofNode) return;
    // In one of the two forms, each program stands where a command begins.
    if (isCommand)
      for (const command of new Set([text, known].flatMap(simpleCommandsOf)))
        this.simpleCommand(fromProgram(command), all, folder, command, language);
    const asWritten = new Set(all);
    for (const word of known.includes('$') || known !== text ? wordsOf(known) : [])
      if (!asWritten.has(word) || word.includes('$'))
        this.#word(word.includes('$') ? knownPart(word) : word, folder, false);
    if (language === null) return;
    // The path of the script's folder may be put before it: `__DIR__ . '/lib.php'`.
    for (const word of asWritten)
      if (word.startsWith('/') && statsOf(word) === undefined)
        this.#word(word.replace(/^\/+/, ''), folder, false, false);
  }

  /**
   * Reads a simple command, from its program on.
   * @param all The words of the whole text that it stands in.
   * @param text It as a text.
   * @param language What runs the text that it stands in.
   */
  simpleCommand(
    words: readonly string[],
    all: readonly string[],
    folder: string,
    text = words.join('\n'),
    language: Language | null = null,
  ): void {
    const [program, ...args] = words;
    if (program === undefined) return;
    const isShell = language === null || language.isShell === true;
    this.#program(program, folder, isShell ? 'sought' : 'inside');
    if (isShell) for (const operand of operandsOf(words)) this.#named(operand, folder);
    if (isNode(program)) return;
    const others = runsOthers(path.basename(program));
    for (const arg of args) this.#program(arg, folder, isShell && others ? 'sought' : 'inside');
    reportImplicit(implicitReads(words, all), args, folder, {
      ...this.#reader(),
      instructions: (file, at) => {
        this.#word(file, at, false);
        if (isFile(file)) this.#script(file, at);
      },
      allVariables: () => this.#allVariables(),
    });
    const at = others ? words.findIndex((word) => languageOfProgram(word) !== null) : 0;
    const interpreted = languageOfProgram(words[at] ?? '');
    if (interpreted !== null && isShell)
      this.#interpreted(interpreted, words.slice(at + 1), text, folder);
  }

  /** Reads what an interpreter is given: the name of a script or a module, or code. */
  #interpreted(language: Language, args: readonly string[], text: string, folder: string): void {
    if (language.hasPackages === true)
      for (const [index, arg] of args.entries())
        if (args[index - 1] === '-m')
          this.#loads(language, `import ${arg}, ${arg}.__main__`, null, folder);
    this.#loads(language, text, null, folder);
    const script = args.map((arg) => path.resolve(folder, arg)).find(isFile);
    if (script !== undefined && (!language.isFilter || args.includes('-f')))
      this.#script(script, folder, language);
  }

  #program(name: string, folder: string, how: HowSought): void {
    if (!isProgramName(name)) return;
    const { files, missed } = this.#programs.find(name, how);
    for (const file of missed) this.#to.missed(file);
    for (const file of files) {
      this.#to.executed(file);
      this.#found(file, folder);
    }
  }

  #found(file: string, folder: string, language: Language | null = null): void {
    if (!this.#seen.has(file)) {
      this.#seen.add(file);
      this.#to.named(file, this.#context.hooked && isNodeProgram(file));
    }
    this.#script(file, folder, language);
  }

  /** Reports what Node reads before the program's code could report it. */
  node(args: readonly string[], folder: string): void {
    const { hooked } = this.#context;
    const { files, folders, missed, script, isUnwatched } = readNodeCommand(args, folder);
    for (const file of files) this.#to.named(file, hooked && SCRIPT.test(file));
    for (const listed of folders) this.#to.listed(listed);
    for (const file of missed) this.#to.missed(file);
    if (isUnwatched) this.#to.lost();
    // A script of a package.json is a command like any other. It could name itself.
    if (script === null || this.#manifestScripts.has(script.text)) return;
    this.#manifestScripts.add(script.text);
    const context = { ...this.#context, isNode: false };
    const shell = new CommandReader(this.#to, context, this.#manifestScripts);
    shell.startIn(script.folder);
    shell.text(script.text, script.folder);
  }

  /**
   * @param runs Whether Node runs the word, if it is a script.
   * @param isFirst Whether the word is the program that a shell would run.
   */
  #word(word: string, folder: string, runs: boolean, isFirst = true): void {
    if (word === '' || word.length > 1_000 || word.includes('\n') || word.includes('\0')) return;
    const file = path.resolve(folder, word);
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const stats = statsOf(file);
    if (this.#context.isNode) {
      if (stats?.isFile() === true && SCRIPT.test(file)) this.#to.named(file, runs);
    } else if (stats === undefined) {
      // An option may have its value attached: `-Ilib`.
      const parts = existingPartsOf(word, folder);
      for (const part of parts) if (!isDots(part)) this.#word(part, folder, runs, false);
      if (GLOB.test(word)) this.#glob(word, folder, runs);
      else if (parts.length > 0) return;
      else if (PATH_LIKE.test(word)) this.#to.missed(file);
      else if (VARIABLE_NAME.test(word)) this.#to.asked(word);
    } else if (stats.isFile()) {
      if (isFirst) this.#to.executed(file);
      const isRun = this.#context.hooked && isFirst && isNodeProgram(file);
      this.#to.named(file, isRun || (runs && SCRIPT.test(file)));
      this.#script(file, folder);
      // A folder that contains the working folder is a place to work in, not an input.
    } else if (stats.isDirectory() && path.relative(file, process.cwd()).startsWith('..'))
      reportFolder(file, true, this.#reader());
  }

  #glob(pattern: string, folder: string, runs: boolean): void {
    for (const found of matchesOf(pattern, folder, this.#reader()))
      if (!GLOB.test(found)) this.#word(found, folder, runs, false);
  }

  /**
   * Reads a file if it is a script. The names in it are relative to the folder where it was started, or to its own.
   * @param given The language of the interpreter that was given the file.
   */
  #script(file: string, folder: string, given: Language | null = null): void {
    if (this.#scripts.has(file)) return;
    const size = statsOf(file)?.size ?? 0;
    const isNamedSo = languageOfScript(file, '') !== null;
    const isScript = given !== null || isNamedSo || startsAsScript(startOf(file));
    if (!isScript) return;
    this.#scripts.add(file);
    this.#charactersLeft -= size;
    if (size > MAX_SCRIPT_CHARACTERS || this.#charactersLeft < 0) {
      const isOwn = isWithin(this.#context.workspace, file) && !file.includes('node_modules');
      if (isNamedSo && isOwn) this.#to.lost();
      return;
    }
    const text = readFileSync(file, 'utf8');
    // It is a program with a name or a first line like those of a script.
    if (text.includes('\0')) return;
    const language = given ?? languageOfScript(file, text);
    const folders = [folder, path.dirname(file), ...(language?.isRelativeToFile ? [file] : [])];
    for (const at of new Set(folders)) this.text(text, at, true, language);
    if (language !== null) this.#loads(language, text, file, folder);
  }

  #loads(language: Language, text: string, script: string | null, folder: string): void {
    const { workspace } = this.#context;
    const env = this.#variablesIn(folder);
    reportModules(
      language,
      text,
      { script, folder, env, workspace, libraries: this.#libraries },
      {
        ...this.#reader(),
        module: (file, isLoaded) => this.#found(file, folder, isLoaded ? language : null),
        pattern: (pattern, at) => this.#glob(pattern, at, false),
      },
    );
  }

  #reader(): RepositoryReader {
    return {
      file: (file) => this.#to.named(file, false),
      folder: (folder) => this.#to.listed(folder),
      missed: (file) => this.#to.missed(file),
      lost: () => this.#to.lost(),
    };
  }
}
