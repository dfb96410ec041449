// Waits without waiting. The SDKs sleep between two attempts with the global setTimeout: this makes such a sleep short and
// writes down what was asked for. All other timers, those of request timeouts above all, keep their meaning.
//
// Whose timer it is, is told by the stack: a retry sleep is asked for by the SDK's own sleep, and that by the very function
// that starts the next attempt. Anything less is not enough: a request that is made again sets other timers under it.
import { AsyncLocalStorage } from 'node:async_hooks';

// current is the case that is being played: {waits: […]}. It follows the promises of a case, so that cases may overlap.
export const current = new AsyncLocalStorage();

// sleepers are the functions that sleep, and who calls them before it tries again, by the package they stand in.
const sleepers = [
  { file: /[\\/]node_modules[\\/]openai[\\/]/, sleep: 'sleep', caller: 'retryRequest' },
  { file: /[\\/]node_modules[\\/]@anthropic-ai[\\/]sdk[\\/]/, sleep: 'sleep', caller: 'retryRequest' },
  { file: /[\\/]node_modules[\\/]@ai-sdk[\\/]provider-utils[\\/]/, sleep: 'delay', caller: 'retryWithExponentialBackoffInternal' },
];

const faster = 1000; // a second is a millisecond,
const longest = 20; // and nobody waits longer than this, in milliseconds

const real = globalThis.setTimeout;

function timer(callback, ms, ...args) {
  const seen = current.getStore();
  if (seen === undefined || !asksForRetry(timer)) return real(callback, ms, ...args);
  seen.waits.push(ms);
  return real(callback, Math.min(ms / faster, longest), ...args);
}

// What hangs on the original, node:util's promisify above all, hangs on this one too.
Object.defineProperties(timer, Object.getOwnPropertyDescriptors(real));
globalThis.setTimeout = timer;

function asksForRetry(below) {
  const stack = frames(below);
  return stack.some(({ file, name }, i) => {
    const s = sleepers.find((s) => s.file.test(file));
    return s !== undefined && name === s.sleep && stack[i + 1]?.name === s.caller;
  });
}

// frames are the callers of below, nearest first.
function frames(below) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const at = {};
  Error.stackTraceLimit = 5; // the executor, new Promise, the sleep, its caller
  Error.prepareStackTrace = (_, sites) => sites.map((s) => ({ file: fileOf(s), name: s.getFunctionName() ?? '' }));
  Error.captureStackTrace(at, below);
  const found = at.stack; // is made when it is read
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return Array.isArray(found) ? found : [];
}

function fileOf(site) {
  return String(site.getScriptNameOrSourceURL() ?? '').replace('file://', '');
}
