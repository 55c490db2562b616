import { describe, expect, test } from '@jest/globals';
import { languageOfScript } from '../../src/interception/commands/languages';

const FILES = ['a.sh', 'a.py', 'Makefile', 'a.rb', 'a.pl', 'a.php', 'a.lua', 'a.awk'];

describe('what a script loads', () => {
  // A pattern whose time grows with the square of a length takes minutes for these.
  test.each(FILES)('is found in any text, %s', (file) => {
    const language = languageOfScript(file, '');
    const texts = [
      '\n',
      ' ',
      'from .',
      'from ' + '.'.repeat(1_000),
      'require ',
      'include ',
      '. a/',
    ];
    for (const part of texts) {
      const text = part.repeat(200_000 / part.length);
      expect(Array.isArray(language?.loads(text))).toBe(true);
      expect(typeof language?.loadsUnknown.test(text)).toBe('boolean');
    }
  });

  test.each([
    ['a.py', 'import a.b as c, d\nfrom ..e import (f,\n  g)', 'a a/b d ./../e ./../e/f ./../e/g'],
    ['a.rb', "require 'a'\nrequire_relative('../b.rb')", 'a ../b'],
    ['a.pl', "use strict;\nuse A::B qw(c);\nrequire 'd.pl';", 'A/B d.pl'],
    ['Makefile', 'include a b.mk # c\n-include d\n', 'a b.mk d'],
    ['a.sh', '. ./a.sh; if x; then source "b c"; fi', './a.sh b c'],
  ])('is what its statements say, %s', (file, text, expected) => {
    expect(languageOfScript(file, '')?.loads(text).filter(Boolean).join(' ')).toBe(expected);
  });
});
