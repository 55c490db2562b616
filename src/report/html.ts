import { createHash } from 'node:crypto';
import { printable } from '../terminal/printable';
import type { ReportData } from './data';

/** The parts of the page, which `npm run build` creates. */
export interface PageParts {
  /** HTML with a comment at the place of each other part. */
  frame: string;
  style: string;
  script: string;
}

/**
 * Renders the report as one HTML page that loads nothing. Its content security policy allows only this script and
 * this style, and no connection. The data cannot become code: the page parses it as JSON, and without a `<` it cannot
 * end its element.
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
 * Formats JSON without characters that are special in HTML. Characters that reorder or hide others are escaped, so
 * that they are visible.
 */
function jsonForHtml(data: ReportData): string {
  const text = (_key: string, value: unknown) =>
    typeof value === 'string' ? printable(value) : value;
  return JSON.stringify(data, text).replace(/[<>&]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Source of the format: Content Security Policy Level 3, 2.3.1. */
function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
