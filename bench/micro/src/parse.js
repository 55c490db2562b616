'use strict';

/** A recursive-descent JSON parser: a branch per character. */
function parse(text) {
  let at = 0;

  function space() {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 10 || code === 13 || code === 9) at += 1;
      else return;
    }
  }

  function value() {
    space();
    const char = text[at];
    if (char === '{') return object();
    if (char === '[') return array();
    if (char === '"') return string();
    if (char === 't') return word('true', true);
    if (char === 'f') return word('false', false);
    if (char === 'n') return word('null', null);
    return number();
  }

  function word(expected, meaning) {
    if (text.startsWith(expected, at)) {
      at += expected.length;
      return meaning;
    }
    throw new SyntaxError(`unexpected text at ${at}`);
  }

  function number() {
    const start = at;
    if (text[at] === '-') at += 1;
    while (text[at] >= '0' && text[at] <= '9') at += 1;
    if (text[at] === '.') {
      at += 1;
      while (text[at] >= '0' && text[at] <= '9') at += 1;
    }
    if (at === start) throw new SyntaxError(`unexpected text at ${at}`);
    return Number(text.slice(start, at));
  }

  function string() {
    let result = '';
    at += 1;
    while (text[at] !== '"') {
      if (text[at] === '\\') {
        at += 1;
        result += text[at] === 'n' ? '\n' : text[at];
      } else {
        result += text[at];
      }
      at += 1;
    }
    at += 1;
    return result;
  }

  function array() {
    const result = [];
    at += 1;
    space();
    if (text[at] === ']') {
      at += 1;
      return result;
    }
    for (;;) {
      result.push(value());
      space();
      if (text[at++] === ']') return result;
    }
  }

  function object() {
    const result = {};
    at += 1;
    space();
    if (text[at] === '}') {
      at += 1;
      return result;
    }
    for (;;) {
      space();
      const key = string();
      space();
      at += 1;
      result[key] = value();
      space();
      if (text[at++] === '}') return result;
    }
  }

  return value();
}

module.exports = { parse };
