import { createHash } from 'node:crypto';
import { printable } from '../terminal/printable';
import type { ReportData } from './data';

/** The parts of the page that `npm run build` makes. */
export interface PageParts {
  /** HTML with a comment where each of the others is put in. */
  frame: string;
  style: string;
  script: string;
}

/**
 * The report as one HTML page that loads nothing: the policy allows this very script and style, and no connection.
 * Whatever stands in the data stays data: the page reads it as JSON, and JSON with no `<` cannot end the element.
 */
export function renderPage(data: ReportData, { frame, style, script }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const values: Record<string, string> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    style: `<style>${style}</style>`,
    data: `<script type="application/json" id="data">${jsonForHtml(data)}</script>`,
    script: `<script>${script}</script>`,
  };
  return frame.replace(/<!--(\w+)-->/g, (_, name: string) => values[name] ?? '');
}

/**
 * JSON without the characters that mean something to an HTML parser. Those that reorder or hide others come to the page
 * in the form in which they can be seen.
 */
function jsonForHtml(data: ReportData): string {
  const text = (_key: string, value: unknown) =>
    typeof value === 'string' ? printable(value) : value;
  return JSON.stringify(data, text).replace(/[<>&]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Source of the form: Content Security Policy Level 3, 2.3.1. */
function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
