import { withoutOurFrames } from '../../run/own-frames';
import { define } from '../patched';

type Emit = (this: unknown, ...args: unknown[]) => unknown;

/**
 * An uncaught error is shown with the stack that it would have without jest-testmon. Throwing it again would change
 * the place that Node shows with it. A listener could be counted by the code. Source: Node's documentation of the
 * event `uncaughtExceptionMonitor`.
 */
export function stripOwnFramesFromUncaught(): void {
  const emit = Reflect.get(process, 'emit') as unknown as Emit;
  define('uncaught', process, 'emit', {
    value: function (this: unknown, ...args: unknown[]) {
      if (args[0] === 'uncaughtExceptionMonitor') withoutOurFrames(args[1]);
      return Reflect.apply(emit, this, args);
    },
    configurable: true,
    enumerable: false,
    writable: true,
  });
}
