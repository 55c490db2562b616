/** What one check of a project's set-up found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  check: string;
  /** `error`: it does not work, or not as promised. `warning`: it works, and something is lost or at risk. */
  level: 'ok' | 'warning' | 'error';
  message: string;
  /** What to do about it; absent where all is well. */
  fix?: string;
}

/** The findings of one check. */
export interface Report {
  ok(message: string): Finding;
  warning(message: string, fix: string): Finding;
  error(message: string, fix: string): Finding;
}

/** Makes findings of one check. */
export function reporter(check: string): Report {
  return {
    ok: (message) => ({ check, level: 'ok', message }),
    warning: (message, fix) => ({ check, level: 'warning', message, fix }),
    error: (message, fix) => ({ check, level: 'error', message, fix }),
  };
}
