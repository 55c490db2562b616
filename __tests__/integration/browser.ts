import * as fs from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where the systems that we know keep a Chromium or Chrome. */
const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser to test in; undefined where there is none. */
export function findBrowser(): string | undefined {
  return PLACES.find((file) => file !== undefined && file !== '' && fs.existsSync(file));
}

/** Starts the browser, headless, with a fresh profile and without anything that would use the network. */
export function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(
      'no Chromium was found, and on CI the page must be tested; install it, or name it in CHROMIUM_PATH.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
