import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import { metadataIn, readCoveredFile, type CoveredFile } from '../../coverage/covered-file';
import { untestedCoverage } from '../../coverage/empty-coverage';
import type { FileCoverage } from '../../coverage/file-coverage';
import { contentHash } from '../../dependencies/files/content';
import { fromStored } from '../../dependencies/files/paths';
import type { CoveredForm } from '../../records/coverage';
import type { Dependency } from '../../records/types';
import type { Store } from '../../store';
import { swallowed } from '../../terminal/debug';
import {
  coveredOutputsKey,
  outputDependencies,
  toolVariables,
} from '../../workspace/transform-dependencies';
import type { CoverageOptions } from '../../workspace/transformed';
import { NO_ROW } from '../projects/environments';
import type { Project } from '../projects/project';

/** Finds covered files that an earlier run kept. */
export type KeptCoveredFiles = Pick<Store, 'coveredFile'>;

type ReadFile = CoveredFile | 'unknown' | null;

/** A covered file as it is kept, with what must not have changed since. */
interface Kept {
  key: string;
  /** Of the source. */
  contentHash: string;
  dependencies: Dependency[];
  file: {
    fingerprints: string;
    counters: CoveredFile['counters'];
    empty: CoveredFile['empty'];
    /** Whether the source itself was left out of its source map. */
    lacksSource: boolean;
  } | null;
}

/** No file is larger when it is unpacked. */
const MAX_UNPACKED_BYTES = 256 << 20;

/** Jest transforms files that nothing loads in several processes. From this number on, it does so for all others. */
const MAX_UNTESTED = 100;

const NO_FINGERPRINTS = Buffer.alloc(0);
const NO_COUNTERS: CoveredFile['counters'] = { hash: '', loaded: '', groups: [] };

/**
 * Reads the files of one project as a run with coverage would have them now. A file that is unchanged since an earlier
 * run is not transformed again, which takes as long as all the rest where a compiler reads the whole program first.
 */
export class CoveredFiles {
  readonly #project: Project;
  readonly #options: CoverageOptions;
  readonly #kept: KeptCoveredFiles;
  readonly #key: string | null;
  readonly #holds = new Map<string, boolean>();
  #variables: Dependency[] | null = null;
  #untested = 0;

  constructor(project: Project, options: CoverageOptions, kept: KeptCoveredFiles) {
    this.#project = project;
    this.#options = options;
    this.#kept = kept;
    this.#key = coveredOutputsKey(project.config, project.root, options);
  }

  /**
   * Reads one file.
   * @param path Stored path.
   * @returns Null where nothing in it counts; `unknown` where nobody can tell what counts when.
   * @throws If the file does not transform.
   */
  async read(path: string, form: Exclude<CoveredForm, 'untested'>): Promise<ReadFile> {
    const content = this.#project.tree.contentHash(path);
    const kept = content === null ? undefined : this.#find(path, form, content);
    if (kept !== undefined) return kept;
    const { code } = await this.#project.transform.covered(path, form, this.#options);
    const file = readCoveredFile(code);
    if (file !== 'unknown' && content !== null) this.#keep({ path, form, content, code, file });
    return file;
  }

  /**
   * Returns the coverage data of a file that nothing loads.
   * @param path Stored path.
   * @returns Null where Jest is to find out: what no report covers, and more files than one process should transform.
   * @throws If the file does not transform. Jest says so in its own way.
   */
  async untested(path: string): Promise<FileCoverage | null> {
    const content = this.#project.tree.contentHash(path);
    if (content === null) return null;
    const kept = this.#find(path, 'untested', content);
    if (kept !== undefined) return kept?.empty ?? null;
    if (this.#untested >= MAX_UNTESTED) return null;
    this.#untested += 1;
    const code = await this.#project.transform.untestedCode(path, this.#options);
    const empty = code === null ? null : untestedCoverage(code);
    if (code === null || empty === null) return null;
    const file = { fingerprints: NO_FINGERPRINTS, counters: NO_COUNTERS, empty };
    this.#keep({ path, form: 'untested', content, code, file });
    return empty;
  }

  /** @returns Undefined if the file is to be transformed. */
  #find(path: string, form: CoveredForm, content: string): CoveredFile | null | undefined {
    const { config, environment, root } = this.#project;
    // Who tells Jest to use no cache wants all made anew.
    if (this.#key === null || !config.cache || environment.id === NO_ROW) return undefined;
    try {
      const packed = this.#kept.coveredFile(environment.id, path, form);
      if (packed === null) return undefined;
      const kept = unpack(packed);
      if (kept.key !== environment.hash + this.#key || kept.contentHash !== content)
        return undefined;
      if (!this.#areCurrent(kept.dependencies)) return undefined;
      if (kept.file === null) return null;
      const { fingerprints, counters, empty, lacksSource } = kept.file;
      if (lacksSource) {
        const source = fs.readFileSync(fromStored(root, path), 'utf8');
        if (contentHash(source) !== content) return undefined;
        Object.assign(empty.inputSourceMap as object, { sourcesContent: [source] });
      }
      return { fingerprints: Buffer.from(fingerprints, 'base64'), counters, empty };
    } catch (error) {
      swallowed('controller', error, `reading what is kept of ${path}; it is transformed again`);
      return undefined;
    }
  }

  #areCurrent(dependencies: readonly Dependency[]): boolean {
    const variables = new Set(
      dependencies.filter(({ kind }) => kind === 'variable').map(({ name }) => name),
    );
    this.#variables ??= toolVariables(this.#project.config, this.#project.root);
    return (
      this.#variables.every(({ name }) => variables.has(name)) &&
      dependencies.every((dependency) => this.#isCurrent(dependency))
    );
  }

  /** Many files depend on the same. */
  #isCurrent(dependency: Dependency): boolean {
    const key = JSON.stringify(dependency);
    const known = this.#holds.get(key);
    if (known !== undefined) return known;
    const holds = this.#project.tree.holds(dependency, this.#project.facts);
    this.#holds.set(key, holds);
    return holds;
  }

  #keep(made: {
    path: string;
    form: CoveredForm;
    content: string;
    code: string;
    file: CoveredFile | null;
  }) {
    const { path, form, content, code, file } = made;
    const { config, environment, root, coveredFiles, tree } = this.#project;
    const metadata = metadataIn(code);
    if (this.#key === null || metadata === null || environment.id === NO_ROW) return;
    // It was edited meanwhile, or is a link.
    if (metadata.path !== path || metadata.contentHash !== content) return;
    // The transform may have asked for more.
    this.#variables = null;
    const dependencies = [
      ...outputDependencies(metadata.extras, root),
      ...toolVariables(config, root),
    ].map((one) =>
      one.kind === 'variable' && one.name === '' ? { ...one, value: tree.variableNames } : one,
    );
    const packed = pack({
      key: environment.hash + this.#key,
      contentHash: content,
      dependencies,
      file: file && keptForm(file, content),
    });
    coveredFiles.push({ environmentId: environment.id, path, form, content: packed });
  }
}

function keptForm({ fingerprints, counters, empty }: CoveredFile, content: string): Kept['file'] {
  const { sourcesContent } = (empty['inputSourceMap'] ?? {}) as { sourcesContent?: unknown };
  const [source, ...others] = Array.isArray(sourcesContent) ? (sourcesContent as unknown[]) : [];
  const lacksSource =
    typeof source === 'string' && others.length === 0 && contentHash(source) === content;
  const inputSourceMap = { ...(empty['inputSourceMap'] as object), sourcesContent: null };
  return {
    fingerprints: fingerprints.toString('base64'),
    counters,
    empty: lacksSource ? { ...empty, inputSourceMap } : empty,
    lacksSource,
  };
}

function pack(kept: Kept): Buffer {
  return zlib.deflateRawSync(JSON.stringify(kept));
}

/** @throws For anything else than what was packed. */
function unpack(packed: Buffer): Kept {
  const text = zlib.inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  return JSON.parse(text.toString()) as Kept;
}
