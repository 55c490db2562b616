import * as fs from 'node:fs';
import { unpackScripts, type CountedFile } from '../../coverage/scripts';
import { contentHash } from '../../dependencies/files/content';
import { fromStored } from '../../dependencies/files/paths';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { FileScripts, RecordedScripts } from '../../records/coverage';
import { scriptsKey } from '../../run/scripts-key';
import { swallowed } from '../../terminal/debug';
import type { CoverageOptions, TransformOutput } from '../../workspace/transformed';
import type { Project } from '../projects/project';
import type { Carried } from './answers';

/** What V8 counted while a test file ran, as Jest puts it into the result. */
export type V8Coverage = NonNullable<Carried['v8Coverage']>;

/** What V8 would see of a file now. */
interface PresentText {
  hash: string;
  /** Undefined for the file itself. */
  output: TransformOutput | undefined;
}

/**
 * What V8 would count in one project if unaffected test files ran. It counts at offsets in the transformed text, so
 * what it counted holds as long as that text is the same.
 */
export class ProjectScripts {
  readonly #project: Project;
  readonly #options: CoverageOptions;
  /** Null if what is covered depends on what the user's version control says. */
  readonly #key: string | null;
  /** By form and path; null where nobody can tell. */
  readonly #texts = new Map<string, Promise<PresentText | null>>();

  constructor(project: Project, options: CoverageOptions) {
    this.#project = project;
    this.#options = options;
    const { changedFiles, globalRootDir = project.config.rootDir, collectCoverageFrom } = options;
    this.#key =
      changedFiles === undefined
        ? scriptsKey({ collectCoverageFrom, rootDir: globalRootDir }, project.config, project.root)
        : null;
  }

  /** What the result of an unaffected test file brings along. @returns Null if the test file has to run. */
  async of({ key, files }: RecordedScripts): Promise<Carried | null> {
    if (key !== this.#key) return null;
    try {
      const v8Coverage = await this.#coverageOf(files);
      // Jest leaves it out where nothing was counted.
      return v8Coverage?.length === 0 ? {} : v8Coverage && { v8Coverage };
    } catch (error) {
      swallowed('controller', error, 'reading what V8 counted; the test file runs');
      return null;
    }
  }

  /**
   * What Jest's reporter says of a file that nothing loads. Source: @jest/reporters, `generateEmptyCoverage`.
   * @param path Stored path.
   * @returns Null if the report is not to cover it.
   */
  emptyOf(path: string): V8Coverage | null {
    const file = fromStored(this.#project.root, path);
    if (!this.#project.transform.isCovered(path, this.#options)) return null;
    const ranges = [{ startOffset: 0, endOffset: fs.statSync(file).size, count: 0 }];
    const functions = [{ functionName: '(empty-report)', isBlockCoverage: true, ranges }];
    return [{ codeTransformResult: undefined, result: { scriptId: '0', url: file, functions } }];
  }

  async #coverageOf(files: readonly FileScripts[]): Promise<V8Coverage | null> {
    const coverage: V8Coverage = [];
    for (const { path, packed } of files) {
      const counted = unpackScripts(packed);
      const output = await this.#outputFor(path, counted);
      if (output === null) return null;
      const url = fromStored(this.#project.root, path);
      const codeTransformResult = output && {
        ...output,
        ...(counted.wrapperLength !== null && { wrapperLength: counted.wrapperLength }),
      };
      for (const functions of counted.scripts)
        coverage.push({ codeTransformResult, result: { scriptId: '0', url, functions } });
    }
    return coverage;
  }

  /** The output that was counted in. @returns Undefined if it was the file itself; null if the text is another now. */
  async #outputFor(
    path: string,
    { text, isTransformed }: CountedFile,
  ): Promise<TransformOutput | undefined | null> {
    const forms = isTransformed ? (['commonjs', 'module'] as const) : (['node'] as const);
    for (const form of forms) {
      const present = await getOrCreate(this.#texts, `${form} ${path}`, () =>
        this.#read(path, form),
      );
      if (present?.hash === text) return present.output;
    }
    return null;
  }

  async #read(path: string, form: 'commonjs' | 'module' | 'node'): Promise<PresentText | null> {
    try {
      if (form === 'node') {
        const file = fromStored(this.#project.root, path);
        return { hash: contentHash(fs.readFileSync(file)), output: undefined };
      }
      const output = await this.#project.transform.covered(path, form, this.#options);
      return { hash: contentHash(output.code), output };
    } catch (error) {
      swallowed(
        'controller',
        error,
        `transforming ${path} as ${form}; what was counted in it may not hold`,
      );
      return null;
    }
  }
}
