/** Variables that hold what nobody may read in any output. */
const SECRET_VARIABLES = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'PGPASSWORD',
  'TESTMON_SHARED_PRIVATE_KEY',
];

/** Parameters of a URL that are no secret; whatever else a URL asks for may be one. */
const HARMLESS_PARAMETERS = ['region', 'sslmode', 'endpoint', 'style', 'schema'];

const HIDDEN = '***';

/**
 * Takes the secrets out of texts: what the URL of a shared store holds of credentials, and what the usual variables do.
 * Every text about a shared store goes through it, as errors of drivers and servers quote what they were given.
 */
export class Redaction {
  readonly #secrets: string[];

  constructor(url: string, environment: NodeJS.ProcessEnv = process.env) {
    const found = [...credentialsOf(url), ...SECRET_VARIABLES.map((name) => environment[name])];
    const texts = found.flatMap((secret) => (secret ? [secret, decoded(secret)] : []));
    const spelled = texts.flatMap((text) => [text, encodeURIComponent(text), encodeURI(text)]);
    // The longest first: one may be part of another.
    this.#secrets = [...new Set(spelled)].sort((a, b) => b.length - a.length);
  }

  /** The text without anything secret. */
  text(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  }
}

/** How a shared store is called in output: its URL without user, password and parameters that may be secret. */
export function publicName(url: string): string {
  const parsed = parse(url);
  // What cannot be read as a URL may hold a password anywhere.
  if (parsed === null) return '(a URL that cannot be read)';
  parsed.username = '';
  parsed.password = '';
  for (const name of [...parsed.searchParams.keys()])
    if (!HARMLESS_PARAMETERS.includes(name)) parsed.searchParams.delete(name);
  parsed.hash = '';
  return parsed.href;
}

function credentialsOf(url: string): string[] {
  const parsed = parse(url);
  if (parsed === null) return [url];
  const parameters = [...parsed.searchParams].flatMap(([name, value]) =>
    HARMLESS_PARAMETERS.includes(name) ? [] : [value],
  );
  return [parsed.password, ...parameters].filter((secret) => secret !== '');
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    // Callers then treat all of it as secret.
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // It is not encoded: it stands as it is.
    return text;
  }
}
