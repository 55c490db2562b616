import type { AnyNode, Program } from 'acorn';
import { forEachPlaced, type Placed } from '../syntax/ancestry';
import type { OuterNames } from '../syntax/scopes';

/** Functions that load a module by a name that may be computed at run time. */
const LOADERS: ReadonlySet<string> = new Set([
  'createMockFromModule',
  'createRequire',
  'genMockFromModule',
  'importActual',
  'requireActual',
  'requireMock',
]);

/** Finds where a program mentions names that connect it with other modules. */
export class ModuleNames {
  readonly isDynamic: boolean;
  /** Whether it imports a module by a name that is not in the text. */
  importsAny = false;
  /** Each `import()`. */
  readonly imports: Placed[] = [];
  /** Where it names a function that loads modules. */
  readonly loaders: Placed[] = [];
  /** Where it names the `jest` object. */
  readonly jests: Placed[] = [];
  /** Each `this`. */
  readonly these: Placed[] = [];
  readonly #references = new Map<string, Placed[]>();
  readonly #texts = new Map<string, AnyNode[]>();

  constructor(program: Program, names: OuterNames) {
    this.isDynamic = names.isDynamic;
    forEachPlaced(program, (placed) => this.#note(placed, names.references));
  }

  /** Where a name may have the same meaning as at the top level of the module. */
  readonly placesOf = (name: string): readonly Placed[] => this.#references.get(name) ?? [];

  /** Where a text occurs, as a literal or in a template. */
  textsOf(text: string): readonly AnyNode[] {
    return this.#texts.get(text) ?? [];
  }

  #note(placed: Placed, references: ReadonlySet<AnyNode>): void {
    const { node } = placed;
    switch (node.type) {
      case 'Identifier':
        if (references.has(node)) add(this.#references, node.name, placed);
        if (LOADERS.has(node.name)) this.loaders.push(placed);
        if (node.name === 'jest') this.jests.push(placed);
        break;
      case 'ImportExpression':
        this.imports.push(placed);
        if (node.source.type !== 'Literal') this.importsAny = true;
        break;
      case 'ThisExpression':
        this.these.push(placed);
        break;
      case 'Literal':
        if (typeof node.value !== 'string') break;
        add(this.#texts, node.value, node);
        if (LOADERS.has(node.value)) this.loaders.push(placed);
        break;
      case 'TemplateElement':
        add(this.#texts, node.value.cooked ?? node.value.raw, node);
        break;
      default:
    }
  }
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
