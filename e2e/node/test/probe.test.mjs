// The probe itself, on a provider that is known: what it says of an SDK has to be true of the SDK.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { start } from './stub.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
let stub, clients;

before(async () => {
  stub = await start();
  clients = JSON.parse(await probe(['--list'], ''));
});
after(() => stub.stop());

function probe(args, input) {
  const options = { cwd: here, stdio: ['pipe', 'pipe', 'ignore'], env: { PROBE_JOBS: '8' } };
  const child = spawn(process.execPath, ['probe.mjs', ...args], options);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => (text += piece));
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`probe.mjs ended with ${code}`))));
  });
}

// play runs one fault over some modes of every client, and gives the results by "client mode".
async function play(fault, modes, more) {
  const cases = Object.entries(clients).flatMap(([client, has]) =>
    has
      .filter((mode) => modes === null || modes.includes(mode))
      .map((mode) => ({ id: `${client} ${mode}`, client, mode, base: `${stub.url}/${fault}`, ...more })),
  );
  const lines = (await probe([], cases.map((c) => JSON.stringify(c)).join('\n'))).trim().split('\n');
  const results = lines.map((line) => JSON.parse(line));
  assert.deepEqual(results.map((r) => r.id), cases.map((c) => c.id));
  return Object.fromEntries(results.map((r) => [r.id, r]));
}

const vercel = (id) => id.startsWith('ai-');
const between = (ms, low, high) => assert.ok(ms > low && ms <= high, `${ms} ms`);

for (const bare of [false, true]) {
  test(`every client reads every healthy answer, ${bare ? 'un-prefixed' : 'under /v1'}`, async () => {
    for (const [id, r] of Object.entries(await play('ok', null, { bare }))) {
      const mode = id.split(' ')[1];
      assert.deepEqual([r.ok, r.error, r.waits, r.note], [true, null, [], ''], id);
      if (/^(plain|stream|stream-helper|tool-loop)$/.test(mode)) assert.equal(r.text, 'It is 21 degrees in Paris.', id);
      if (/tool/.test(mode)) assert.deepEqual(r.toolCalls, [{ name: 'get_weather', args: { city: 'Paris', unit: 'celsius' } }], id);
      if (/structured/.test(mode)) assert.deepEqual(JSON.parse(r.text), { city: 'Paris', degrees: 21, sky: 'clear' }, id);
      if (/tool-loop/.test(mode)) assert.equal(r.turns, 2, id);
      if (/stream/.test(mode)) assert.ok(r.events >= 5, id);
      if (mode === 'models') assert.equal(r.text, 'one,two', id);
      if (mode === 'embeddings') assert.equal(r.text, '3,3', id);
      if (mode !== 'models') assert.ok(r.usage.input > 0, id);
    }
  });
}

test('what the server asked to wait is written down, and not waited', async () => {
  for (const [id, r] of Object.entries(await play('429', ['plain', 'stream', 'stream-helper', 'structured']))) {
    assert.deepEqual(r.waits, [7000, 7000], id);
    assert.ok(r.ms < 7000, id);
    assert.equal(vercel(id) ? r.error.last.class : r.error.class, vercel(id) ? 'AI_APICallError' : 'RateLimitError', id);
    if (!vercel(id)) assert.equal(r.error.extends[0], 'APIError', id);
    assert.equal(vercel(id) ? r.error.last.status : r.error.status, 429, id);
  }
});

test('what the client chose to wait is written down', async () => {
  for (const [id, r] of Object.entries(await play('429-bare', ['plain', 'stream']))) {
    if (vercel(id)) assert.deepEqual(r.waits, [2000, 4000], id);
    else [between(r.waits[0], 374, 500), between(r.waits[1], 749, 1000)];
  }
});

test('maxRetries reaches the client', async () => {
  for (const [id, r] of Object.entries(await play('500', ['plain'], { maxRetries: 0 }))) {
    assert.deepEqual(r.waits, [], id);
    assert.equal(r.error.class, vercel(id) ? 'AI_APICallError' : 'InternalServerError', id);
  }
});

test('headers and the key reach the server', async () => {
  await play('ok', ['plain', 'stream'], { headers: { 'x-chaos-run': 'seven' }, key: 'sk-mine' });
  for (const { headers } of stub.seen.slice(-12)) {
    assert.equal(headers['x-chaos-run'], 'seven');
    assert.ok(headers['x-api-key'] === 'sk-mine' || headers.authorization === 'Bearer sk-mine');
  }
});

test('a timeout keeps its meaning', async () => {
  for (const [id, r] of Object.entries(await play('silent', ['plain'], { timeoutMs: 200 }))) {
    assert.equal(r.error.class, vercel(id) ? 'TimeoutError' : 'APIConnectionTimeoutError', id);
    assert.equal(r.waits.length, vercel(id) ? 0 : 2, id); // an official SDK tries three times, and each of them 200 ms
    assert.ok(r.ms >= (vercel(id) ? 190 : 590), id);
  }
});

test('what hangs is said to hang, with what came before', async () => {
  for (const [id, r] of Object.entries(await play('stall', ['stream'], { guardMs: 3000 }))) {
    assert.equal(r.hung, true, id);
    assert.equal(r.ok, false, id);
    assert.ok(r.ms < 13_000, id);
    assert.ok(r.events >= 3, id);
  }
});

test('an error in a stream is told, with what came before', async () => {
  for (const [id, r] of Object.entries(await play('event', ['stream']))) {
    assert.equal(r.error.class, vercel(id) ? 'AI_StreamProviderError' : 'APIError', id);
    assert.equal(r.error.via, vercel(id) ? 'onError' : 'throw', id);
    assert.equal(r.error.type, 'overloaded_error', id);
    assert.match(r.text, /^It is/, id);
  }
});

test('a reset is told down to its cause', async () => {
  for (const [id, r] of Object.entries(await play('reset', ['plain']))) {
    const error = vercel(id) ? r.error.last : r.error;
    assert.equal(error.class, vercel(id) ? 'AI_APICallError' : 'APIConnectionError', id);
    assert.match(JSON.stringify(error), /ECONNRESET/, id);
  }
});

test('what an SDK let pass, the caller stumbles over', async () => {
  const r = await play('html-200', ['plain']);
  assert.deepEqual([r['openai-chat plain'].error.class, r['openai-chat plain'].error.via], ['TypeError', 'use']);
  assert.deepEqual([r['anthropic plain'].error.class, r['anthropic plain'].error.via], ['TypeError', 'use']);
  assert.deepEqual([r['ai-openai plain'].error.class, r['ai-openai plain'].error.via], ['AI_APICallError', 'throw']);
});

test('a case that does not exist is told what does', async () => {
  const r = JSON.parse(await probe([], '{"id":"a","client":"anthropic","mode":"embeddings","base":"http://127.0.0.1:1"}'));
  assert.equal(r.error.class, 'UnknownCase');
  assert.match(r.error.message, /anthropic has plain, stream/);
});
