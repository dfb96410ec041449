// Plays cases through the vendors' own SDKs: a case a line on stdin, a result a line on stdout, in the same order.
import { current } from './timers.mjs'; // first: it has to stand before an SDK asks for a timer
import { createInterface } from 'node:readline';
import { clients } from './clients.mjs';
import { describe } from './describe.mjs';
import { Seen } from './seen.mjs';

const guardMs = 20_000; // how long a case may take before it counts as hung, unless it says otherwise

// What is set for the person at the machine has no business in a case, and stdout belongs to the results.
for (const name of Object.keys(process.env)) if (/^(OPENAI|ANTHROPIC)_/.test(name)) delete process.env[name];
console.log = console.info = console.debug = console.error;

// An error that nobody could have caught belongs to the case whose promise it was, where that can be told.
process.on('unhandledRejection', (error) => {
  const { class: name, message } = describe(error);
  const seen = current.getStore();
  if (seen) seen.note(`unhandled rejection: ${name}: ${message}`);
  else console.error(`unhandled rejection: ${name}: ${message}`);
});

async function play(c) {
  const seen = new Seen();
  const mode = clients[c.client]?.[c.mode];
  if (!mode) return unknown(c);
  const started = performance.now();
  const hung = await current.run(seen, () => guarded(run(mode, c, seen), c.guardMs ?? guardMs));
  return { ...seen.result(c.id), ...(hung && { hung }), ms: Math.round(performance.now() - started) };
}

async function run(mode, c, seen) {
  try {
    await mode(c, seen);
  } catch (e) {
    seen.error = describe(e);
  }
  seen.ok = seen.error === null;
}

// guarded waits for a case, and no longer than it may take: then it is left behind, hanging.
function guarded(done, ms) {
  let timer;
  const hung = new Promise((resolve) => (timer = setTimeout(resolve, ms, true)));
  return Promise.race([done.then(() => false), hung]).finally(() => clearTimeout(timer));
}

function unknown({ id = null, client, mode }) {
  const names = Object.keys(clients[client] ?? clients).join(', ');
  const known = clients[client] ? `${client} has ${names}` : `there are ${names}`;
  return { id, ok: false, error: { class: 'UnknownCase', message: `no client ${client} with a mode ${mode}: ${known}` } };
}

const write = (text) => new Promise((resolve) => process.stdout.write(text + '\n', resolve));

async function main() {
  const jobs = Number(process.env.PROBE_JOBS ?? 1); // cases that may overlap
  const waiting = [];
  const print = async () => write(await waiting.shift());
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    waiting.push(play(JSON.parse(line)).then(JSON.stringify));
    if (waiting.length >= jobs) await print();
  }
  while (waiting.length > 0) await print();
}

if (process.argv.includes('--list')) {
  await write(JSON.stringify(Object.fromEntries(Object.entries(clients).map(([name, modes]) => [name, Object.keys(modes)]))));
} else {
  await main();
}
process.exit(0); // what hangs, hangs no longer
