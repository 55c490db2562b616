import type { BlockChange, Lines } from './block-changes';

/**
 * Names the template of a Vue file as the place of changed blocks that have none: `@vue/vue3-jest` maps a script to
 * its lines, but not the function that it compiles the template to. All of them together are one change.
 * @param text The present content of the file.
 */
export function placeInTemplate(blocks: readonly BlockChange[], text: string): BlockChange[] {
  const template = templateLines(text);
  if (template === null) return [...blocks];
  const isUnplaced = ({ before, after }: BlockChange) => before.line === 0 && after?.line === 0;
  const placed = blocks.filter((block) => !isUnplaced(block));
  if (placed.length === blocks.length) return placed;
  return [...placed, { name: 'template', before: { line: 0, endLine: 0 }, after: template }];
}

function templateLines(text: string): Lines | null {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^<template\b/.test(line));
  const last = lines.findLastIndex((line) => line.startsWith('</template>'));
  return first < 0 || last < first ? null : { line: first + 1, endLine: last + 1 };
}
