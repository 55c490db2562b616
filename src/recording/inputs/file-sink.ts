import { NOBODY, type Sink } from '../../interception/sink';
import { PathInputs } from './path-inputs';

/** Notes what code in Jest's main process does to files. What Jest itself does for test files is observed where they run. */
export abstract class FileSink extends PathInputs implements Sink {
  readonly loaded = NOBODY.loaded;
  readonly resolved = NOBODY.resolved;
  readonly identified = NOBODY.identified;
  readonly unresolved = NOBODY.unresolved;
  readonly named = NOBODY.named;
  readonly soughtMock = NOBODY.soughtMock;
}
