import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFile } from '../../dependencies/files/stats';
import { define } from '../patched';
import type { AnyFunction } from '../files/file-system';

/**
 * Programs that are told on their standard input which files to read. They open these by themselves, so anything below
 * the folder that they work in may count.
 */
interface Service {
  /** Matches the name of the program. */
  program: RegExp;
  /** Matches the argument that makes it listen. */
  argument: RegExp;
  /** What a message contains if it is about files. Missing if any message may be. */
  request?: Buffer;
}

const SERVICES: readonly Service[] = [
  {
    program: /^esbuild$/,
    argument: /^--service=/,
    // The command `build`, not `transform`. Source: esbuild's `encodePacket`.
    request: Buffer.from('command\x03\x05\0\0\0build', 'latin1'),
  },
  { program: /^(?:dart|sass)$/, argument: /^--embedded$/ },
];

/** A program and where it works. */
export interface StartedProgram {
  command: readonly unknown[];
  cwd?: string | URL | null | undefined;
}

/** Receives what services may read. */
export interface ServiceWatch {
  /**
   * A program may read anything below a folder.
   * @param entries Absolute paths of the files that it was told to begin with.
   */
  mayRead(folder: string, entries: readonly string[]): void;
  /** Runs our own reads of files without reporting them. */
  unobserved<T>(work: () => T): T;
}

/** Reports what a service may read if the input that it is started with asks for files. */
export function noteServiceInput(
  started: StartedProgram,
  input: unknown,
  watch: ServiceWatch,
): void {
  const service = serviceOf(started.command);
  if (service !== null) noteRequest(service, started, input, watch);
}

/** Reports what a service may read as soon as it is asked for files. */
export function watchService(
  started: StartedProgram,
  stdin: { write: AnyFunction } | null | undefined,
  watch: ServiceWatch,
): void {
  const service = serviceOf(started.command);
  if (service === null) return;
  if (stdin === null || stdin === undefined) {
    // It inherits its input from somebody else.
    noteRequest(service, started, undefined, watch);
    return;
  }
  const { write } = stdin;
  const watched: AnyFunction = function (...args) {
    noteRequest(service, started, args[0], watch);
    return Reflect.apply(write, this, args);
  };
  define('serviceInput', stdin, 'write', { value: watched, configurable: true, writable: true });
}

function noteRequest(
  service: Service,
  { cwd }: StartedProgram,
  message: unknown,
  watch: ServiceWatch,
): void {
  if (!asksForFiles(service, message)) return;
  try {
    const folder = cwd instanceof URL ? fileURLToPath(cwd) : path.resolve(cwd ?? '');
    watch.unobserved(() => watch.mayRead(folder, entriesIn(message, folder)));
  } catch {
    // The program cannot work in such a folder either.
  }
}

function serviceOf(command: readonly unknown[]): Service | null {
  const [first, ...args] = command.filter((word) => typeof word === 'string');
  const name = path.basename(first ?? '').replace(/\.exe$/i, '');
  return (
    SERVICES.find(
      ({ program, argument }) => program.test(name) && args.some((word) => argument.test(word)),
    ) ?? null
  );
}

function asksForFiles({ request }: Service, message: unknown): boolean {
  const bytes = bytesOf(message);
  return request === undefined || bytes === null || bytes.includes(request);
}

function bytesOf(message: unknown): Buffer | null {
  if (!ArrayBuffer.isView(message)) return null;
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}

/** Matches the texts of a message, between the bytes of their lengths. */
const TEXTS = /\P{Cc}{3,}/gu;

/** Returns the files that a message names, as absolute paths. */
function entriesIn(message: unknown, folder: string): string[] {
  const texts = bytesOf(message)?.toString().match(TEXTS) ?? [];
  return texts.map((text) => path.resolve(folder, text)).filter((file) => isFile(file));
}
