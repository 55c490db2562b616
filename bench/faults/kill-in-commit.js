'use strict';

/**
 * Preloaded into the controller: ends the process as SIGKILL does, inside the transaction of a commit, before the
 * n-th statement of it that writes (TESTMON_BENCH_KILL_AT).
 */
const Module = require('node:module');

let left = Number(process.env.TESTMON_BENCH_KILL_AT);
const { _load: load } = Module;
let watched = false;

Module._load = function (request, ...rest) {
  const loaded = Reflect.apply(load, this, [request, ...rest]);
  if (request === 'better-sqlite3' && !watched) {
    watched = true;
    watch(loaded.prototype);
  }
  return loaded;
};

function watch(prototype) {
  const { prepare } = prototype;
  prototype.prepare = function (sql) {
    const database = this;
    const statement = Reflect.apply(prepare, this, [sql]);
    if (!/^\s*(INSERT|UPDATE|DELETE)/i.test(sql) || /INTO environment/.test(sql)) return statement;
    for (const name of ['run', 'get']) {
      const original = statement[name];
      statement[name] = function (...values) {
        if (database.inTransaction && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
        return Reflect.apply(original, this, values);
      };
    }
    return statement;
  };
}
