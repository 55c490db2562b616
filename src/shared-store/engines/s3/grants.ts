import type { BucketLocation } from './location';

/** What to allow to whom, as statements of a policy that S3 and its like understand. */
export function grantsFor({ bucket, prefix }: BucketLocation): string[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const list = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: arn,
    ...(prefix !== '' && { Condition: { StringLike: { 's3:prefix': `${prefix}*` } } }),
  };
  const allow = (action: string, keys: string) => ({
    Effect: 'Allow',
    Action: action,
    Resource: `${arn}/${prefix}${keys}`,
  });
  const read = [list, allow('s3:GetObject', '*')];
  return [
    'Who only reads needs:',
    ...read.map((statement) => `  ${JSON.stringify(statement)}`),
    'Who writes a scope needs one of these too, for main or for all pull requests:',
    `  ${JSON.stringify(allow('s3:PutObject', 'main/*'))}`,
    `  ${JSON.stringify(allow('s3:PutObject', 'pr~*/*'))}`,
    'Who compacts a scope, as the CI of main should, needs this too:',
    `  ${JSON.stringify(allow('s3:DeleteObject', 'main/*'))}`,
  ];
}
