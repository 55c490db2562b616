import type { JestConfigModule } from './user-jest';

/** Variables by which Jest recognizes that a coding agent runs it (`detectAgent` in jest-core). */
const AGENT_VARIABLES = [
  'AI_AGENT',
  'AUGMENT_AGENT',
  'CLAUDE_CODE',
  'CLAUDECODE',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'GOOSE_PROVIDER',
  'OPENCODE',
  'REPL_ID',
];

/**
 * Returns the reporter that Jest uses if a config names none. It is needed because adding our reporter creates a
 * list, which replaces Jest's default.
 */
export async function defaultReporter(jest: JestConfigModule, rootDir: string): Promise<string> {
  const isAgent = AGENT_VARIABLES.some((name) => (process.env[name] ?? '') !== '');
  return isAgent && (await knowsAgentReporter(jest, rootDir)) ? 'agent' : 'default';
}

/** An older Jest looks for a package named `agent` and does not find it. */
async function knowsAgentReporter(jest: JestConfigModule, rootDir: string): Promise<boolean> {
  try {
    await jest.normalize({ rootDir, reporters: ['agent'] }, { _: [] }, null, Infinity, false);
    return true;
  } catch {
    // This version of Jest does not know it.
    return false;
  }
}
