import { describe, expect, it } from '@jest/globals';
import type { BlockChange } from '../../src/inspection/block-changes';
import { placeInTemplate } from '../../src/inspection/template-lines';

const UNKNOWN = { line: 0, endLine: 0 };
const render: BlockChange = { name: 'render', before: UNKNOWN, after: UNKNOWN };
const handler: BlockChange = { name: '', before: UNKNOWN, after: UNKNOWN };
const method: BlockChange = {
  name: 'more',
  before: { line: 9, endLine: 11 },
  after: { line: 10, endLine: 12 },
};
const gone: BlockChange = { name: 'less', before: UNKNOWN, after: null };
const FILE = '<script>\n</script>\n<template lang="html">\n  <template #a />\n</template>\n';

describe('changed blocks of a Vue file', () => {
  it('are those of its template where they have no place, once', () => {
    expect(placeInTemplate([render, method, handler], FILE)).toEqual([
      method,
      { name: 'template', before: UNKNOWN, after: { line: 3, endLine: 5 } },
    ]);
  });

  it.each([
    ['all have a place, or are gone', [method, gone], FILE],
    ['there is no template', [render, handler], '<script>\n</script>\n'],
  ])('stay as they are where %s', (_what, blocks, text) => {
    expect(placeInTemplate(blocks, text)).toEqual(blocks);
  });
});
