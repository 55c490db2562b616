'use strict';

// Preloaded into every process of a run: a clock of the day that is wrong by SHIFT milliseconds.
const { now } = Date;
const shift = Number(process.env.SHIFT);
Date.now = () => now() + shift;
