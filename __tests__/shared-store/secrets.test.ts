import { expect, it } from '@jest/globals';
import { publicName, Redaction } from '../../src/shared-store/secrets';
import { openEngine } from '../../src/shared-store/open-engine';

const URL = 'postgres://ci:p%40ss%2Fword@db.example/testmon?sslmode=require&token=s3cret';

it('names a store without what is secret', () => {
  expect(publicName(URL)).toBe('postgres://db.example/testmon?sslmode=require');
  expect(publicName('file:///mnt/share')).toBe('file:///mnt/share');
  expect(publicName('postgres://ci:hunter2@[bad')).not.toContain('hunter2');
});

it.each([
  'connect to postgres://ci:p%40ss%2Fword@db.example failed',
  'password "p@ss/word" is wrong',
  'bad parameter s3cret',
  'AWS says +key+/=',
])('takes secrets out of: %s', (text) => {
  const redaction = new Redaction(URL, { AWS_SECRET_ACCESS_KEY: '+key+/=' });
  expect(redaction.text(text)).toContain('***');
  expect(redaction.text(text)).not.toMatch(/p%40ss|p@ss|s3cret|\+key/);
});

it('hides all of a URL that cannot be read', async () => {
  await expect(openEngine('postgres://ci:hunter2@[bad')).rejects.toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') as unknown }),
  );
});
