import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { expect, it, jest } from '@jest/globals';

jest.setTimeout(60_000);

/** More requests at once than Node lets listen to one signal without a warning. */
const ASKING = `
const { Conversation } = require('./src/shared-store/talk');
const { within } = require('./src/shared-store/deadline');
const conversation = new Conversation('a store', 10_000);
const answer = () => new Promise((resolve) => setTimeout(resolve, 10));
const ask = () => within(conversation.signal, () => undefined, answer);
Promise.all(Array.from({ length: 12 }, ask)).then(() => conversation.end());
`;

it('warns of nothing where many requests wait for one deadline', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', '-e', ASKING],
    { cwd: path.join(__dirname, '../..'), encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
