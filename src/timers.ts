// Node's own timers and clock, taken when the package is loaded. A test may put fakes in their place, globally and in
// node:timers, and what the package does would wait for that test to move its clock.

import timers from 'node:timers';

export const { clearTimeout, setImmediate, setTimeout } = timers;
export const { nextTick } = process;
/** performance.now() */
export const now = performance.now.bind(performance);
