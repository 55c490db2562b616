/** The result of one check of a project's set-up. */
export interface Finding {
  /** The subject of the check, in a word or two. */
  check: string;
  /** `error`: it does not work, or not as promised. `warning`: it works, but something is lost or at risk. */
  level: 'ok' | 'warning' | 'error';
  message: string;
  /** What the user should do. Absent if all is well. */
  fix?: string;
}

/** Creates the findings of one check. */
export interface Report {
  ok(message: string): Finding;
  warning(message: string, fix: string): Finding;
  error(message: string, fix: string): Finding;
}

/**
 * Returns functions that create the findings of one check.
 * @param check The subject, in a word or two.
 */
export function reporter(check: string): Report {
  return {
    ok: (message) => ({ check, level: 'ok', message }),
    warning: (message, fix) => ({ check, level: 'warning', message, fix }),
    error: (message, fix) => ({ check, level: 'error', message, fix }),
  };
}
