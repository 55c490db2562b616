import { Random } from '../mutation/random';

/** What lies at a path: a text, a link, or an empty folder. */
export type Entry = string | { linkTo: string } | { folder: true };

/** An empty folder. */
export const FOLDER: Entry = { folder: true };

/** Entries by path, relative to the project's root. */
export type Entries = Record<string, Entry>;

/** One step of a change to a project. Paths are relative to its root. */
export type Step =
  | { do: 'put'; path: string; entry: Entry }
  | { do: 'remove'; path: string }
  | { do: 'move'; from: string; to: string }
  | { do: 'variable'; name: string; value: string | null };

/** Something that a person could do at once. */
export interface Change {
  /** What the change is, in a word or two, to count by. */
  name: string;
  steps: Step[];
}

/** How the project transforms its code. */
export const FLAVOURS = [
  'none',
  'babel',
  'babel-installed',
  'custom',
  'custom-installed',
  'swc',
  'ts-jest',
  'ts-jest isolated',
] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** What is decided for a whole project. */
export interface Features {
  jest: '29' | '30';
  flavour: Flavour;
  /** Whether Jest runs ES modules natively. */
  modules: boolean;
  modulePaths: boolean;
  moduleDirectories: boolean;
  nodePath: boolean;
  workers: 1 | 2;
}

/** Something that a test does, whose value it observes. */
export interface Operation {
  /** What it is, to count by. */
  kind: string;
  /** Statements of an asynchronous function that return the value; `require`, `__dirname` and `__filename` are there. */
  code: string;
  entries: Entries;
  /** Changes that it might see. */
  changes: Change[];
  /** Set where it only works in Jest's own sandbox. */
  sandbox?: true;
  /** Set where it needs a transformer that replaces `__FUZZ__` calls. */
  macro?: true;
}

/** What an operation is made with. */
export interface Maker {
  dice: Dice;
  features: Features;
  /** The operation's own folder, relative to the root. */
  folder: string;
  /** A name that no other operation of the project uses. */
  unique: string;
}

/** Random choices. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  one<T>(items: readonly T[]): T {
    const item = this.#random.pick(items);
    if (item === undefined) throw new Error('There is nothing to choose from.');
    return item;
  }

  /** Each of the items with a probability. */
  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }

  /** A word that was most likely never seen before. */
  word(): string {
    return `w${this.below(36 ** 6).toString(36)}`;
  }
}

export const put = (path: string, entry: Entry): Step => ({ do: 'put', path, entry });
export const remove = (path: string): Step => ({ do: 'remove', path });
export const change = (name: string, ...steps: Step[]): Change => ({ name, steps });
