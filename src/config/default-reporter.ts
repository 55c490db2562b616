import type { JestConfigModule } from './user-jest';

/** The variables by which Jest itself tells that a coding agent runs it (`detectAgent` in jest-core). */
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
 * The reporter that Jest uses where a config names none. Ours can only be added to a list, and a list replaces it.
 */
export async function defaultReporter(jest: JestConfigModule, rootDir: string): Promise<string> {
  const isAgent = AGENT_VARIABLES.some((name) => (process.env[name] ?? '') !== '');
  return isAgent && (await knowsAgentReporter(jest, rootDir)) ? 'agent' : 'default';
}

/** An older Jest takes `agent` for the name of a package, and does not find it. */
async function knowsAgentReporter(jest: JestConfigModule, rootDir: string): Promise<boolean> {
  try {
    await jest.normalize({ rootDir, reporters: ['agent'] }, { _: [] }, null, Infinity, false);
    return true;
  } catch {
    // This version of Jest does not know it.
    return false;
  }
}
