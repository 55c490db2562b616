import { openEngine } from '../../src/shared-store/open-engine';
import { readListing } from '../../src/shared-store/engines/s3/listing';
import { readLocation } from '../../src/shared-store/engines/s3/location';

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('where a bucket is', () => {
  const locate = (url: string, variables: NodeJS.ProcessEnv = {}) =>
    readLocation(new URL(url), { ...KEYS, ...variables });

  it.each([
    ['s3://bucket', {}, 'https://bucket.s3.us-east-1.amazonaws.com', ''],
    [
      's3://bucket/a/b?region=eu-west-1',
      { AWS_REGION: 'eu-central-1' },
      'https://bucket.s3.eu-west-1.amazonaws.com',
      'a/b/',
    ],
    [
      's3://bucket//a//',
      { AWS_REGION: 'eu-central-1' },
      'https://bucket.s3.eu-central-1.amazonaws.com',
      'a/',
    ],
    [
      's3://bucket',
      { AWS_DEFAULT_REGION: 'cn-north-1' },
      'https://bucket.s3.cn-north-1.amazonaws.com.cn',
      '',
    ],
    // A certificate for one level of names does not fit.
    ['s3://my.bucket', {}, 'https://s3.us-east-1.amazonaws.com/my.bucket', ''],
    ['s3://bucket?style=path', {}, 'https://s3.us-east-1.amazonaws.com/bucket', ''],
    ['s3://bucket?endpoint=http://127.0.0.1:9000', {}, 'http://127.0.0.1:9000/bucket', ''],
    ['s3://bucket?endpoint=https://x.example/s3/', {}, 'https://x.example/s3/bucket', ''],
    ['s3://bucket?endpoint=https://x.example&style=virtual', {}, 'https://bucket.x.example', ''],
    [
      's3://bucket',
      { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_S3: 'http://b' },
      'http://b/bucket',
      '',
    ],
    ['s3://bucket/%C3%A4', { AWS_ENDPOINT_URL: 'http://a' }, 'http://a/bucket', 'ä/'],
  ])('%s %j', (url, variables, address, prefix) => {
    expect(locate(url, variables)).toMatchObject({
      bucket: new URL(url).hostname,
      address,
      prefix,
    });
  });

  it.each([
    's3://key:secret@bucket',
    's3:///prefix',
    's3://bucket?endpoint=ftp://x',
    's3://bucket?endpoint=http://key:secret@x',
    's3://bucket?style=other',
    's3://bucket?region=a/b',
    's3://bucket/a%2F..%2Fb',
  ])('refuses %s', async (url) => {
    Object.assign(process.env, KEYS);
    try {
      const error = (await openEngine(url).catch((thrown: unknown) => thrown)) as Error;
      expect(error).toMatchObject({ reason: 'unprepared' });
      expect(error.message).not.toMatch(/secret/);
    } finally {
      for (const name of Object.keys(KEYS)) delete process.env[name];
    }
  });

  it('needs keys', () => {
    expect(() => readLocation(new URL('s3://bucket'), {})).toThrow(/AWS_ACCESS_KEY_ID/);
  });
});

describe('the listing of a bucket', () => {
  const page = (inner: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>\n`;

  it('is read as S3 and its like write it', () => {
    const xml = page(`<Name>bucket</Name><Prefix/><IsTruncated>true</IsTruncated>
      <Contents><Key>a/b%2Bc+d%25</Key><Size>12</Size><ETag>&quot;x&quot;</ETag><Owner><ID>1</ID></Owner></Contents>
      <Contents><Key>%</Key><Size>0</Size></Contents><EncodingType>url</EncodingType>`);
    expect(readListing(xml)).toEqual({
      objects: [
        { key: 'a/b+c d%', bytes: 12 },
        { key: '%', bytes: 0 },
      ],
      isTruncated: true,
    });
    expect(
      readListing(page('<Contents><Key>a&amp;%41&#x42;</Key><Size>1</Size></Contents>')),
    ).toEqual({ objects: [{ key: 'a&%41B', bytes: 1 }], isTruncated: false });
    expect(
      readListing('<ListBucketResult/>'.replace('/>', '></ListBucketResult>')).objects,
    ).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a page for people', '<!DOCTYPE html><html></html>'],
    ['entities of its own', `<!DOCTYPE x [<!ENTITY e "x">]>${page('<Name>&e;</Name>')}`],
    ['an unknown entity', page('<Name>&e;</Name>')],
    ['a character that is none', page('<Name>&#9999999;</Name>')],
    ['a size that is none', page('<Contents><Key>a</Key><Size>-1</Size></Contents>')],
    ['no size', page('<Contents><Key>a</Key></Contents>')],
    ['an end too few', page('<Contents>')],
    ['an end too many', page('</Contents>')],
    ['two roots', page('') + page('')],
    ['another root', '<Error><Code>x</Code></Error>'],
    ['text around it', `${page('')}x`],
    ['half of it', page('<Contents><Key>a</Key>').slice(0, -9)],
  ])('is not %s', (_, xml) => {
    expect(() => readListing(xml)).toThrow(/no listing/);
  });

  it('is read in a time that grows with it', () => {
    const begun = performance.now();
    expect(() => readListing(page('<a '.repeat(300_000)))).toThrow(/no listing/);
    expect(() => readListing(page('<a>'.repeat(300)))).toThrow(/no listing/);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
