'use strict';

/** FNV-1a with a mixing step that branches on the value. */
function hash(bytes) {
  let state = 0x811c9dc5;
  for (let index = 0; index < bytes.length; index += 1) {
    state ^= bytes[index];
    if ((state & 1) === 0) state = Math.imul(state, 0x01000193);
    else state = Math.imul(state, 0x01000193) ^ (state >>> 15);
    state = index % 3 === 0 ? (state << 5) | (state >>> 27) : state + 0x9e3779b9;
  }
  return state >>> 0;
}

module.exports = { hash };
