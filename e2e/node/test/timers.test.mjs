// Which timers are a retry's, on functions that stand where the SDKs' stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { current } from '../timers.mjs';

// asked gives the waits that the code asks for; file is where it stands.
async function asked(file, code) {
  const seen = { waits: [] };
  await current.run(seen, () => runInThisContext(`(async () => { ${code} })()`, { filename: `/somewhere/node_modules/${file}` }));
  return seen.waits;
}

const sleep = 'const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));';

test('the sleep before the next attempt', async () => {
  const code = `${sleep} async function retryRequest() { await sleep(3_600_000); } await retryRequest();`;
  assert.deepEqual(await asked('openai/client.mjs', code), [3_600_000]);
  assert.deepEqual(await asked('@anthropic-ai/sdk/client.mjs', code), [3_600_000]);
});

test('not another timer of the next attempt', async () => {
  const code = 'async function retryRequest() { await new Promise((resolve) => setTimeout(resolve, 30)); } await retryRequest();';
  assert.deepEqual(await asked('openai/client.mjs', code), []);
});

test('not the same sleep for something else', async () => {
  const code = `${sleep} async function poll() { await sleep(30); } await poll();`;
  assert.deepEqual(await asked('openai/client.mjs', code), []);
});

test('not a function of the same name in another package', async () => {
  const code = `${sleep} async function retryRequest() { await sleep(30); } await retryRequest();`;
  assert.deepEqual(await asked('another/client.mjs', code), []);
});
