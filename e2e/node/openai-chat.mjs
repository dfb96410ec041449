// The package openai, Chat Completions.
import OpenAI from 'openai';
import { callWeather, instructions, models, question, report, turns, weather } from './task.mjs';
import { parsed, use } from './seen.mjs';

const { name, description, schema: parameters } = weather;
const tools = [{ type: 'function', function: { name, description, parameters, strict: true } }];
const response_format = { type: 'json_schema', json_schema: { name: report.name, schema: report.schema, strict: true } };

export function connect(c) {
  return new OpenAI({
    apiKey: c.key ?? 'sk-test',
    baseURL: c.base + (c.bare ? '' : '/v1'),
    defaultHeaders: c.headers,
    timeout: c.timeoutMs,
    maxRetries: c.maxRetries,
  });
}

const start = () => [
  { role: 'system', content: instructions },
  { role: 'user', content: question },
];

function body(c, more) {
  return { model: c.model ?? models.openai, messages: start(), ...more };
}

function read(answer, seen) {
  const [{ message, finish_reason }] = answer.choices;
  seen.text = message.content ?? '';
  seen.finish = finish_reason;
  if (message.refusal) seen.note(`refusal: ${message.refusal}`);
  for (const t of message.tool_calls ?? []) seen.call(t.function.name, t.function.arguments);
  if (answer.usage) seen.tokens(answer.usage.prompt_tokens, answer.usage.completion_tokens);
  return message;
}

function readChunk(chunk, seen, calls) {
  if (chunk.usage) seen.tokens(chunk.usage.prompt_tokens, chunk.usage.completion_tokens);
  const [choice] = chunk.choices;
  if (!choice) return;
  seen.text += choice.delta.content ?? '';
  seen.finish = choice.finish_reason ?? seen.finish;
  for (const t of choice.delta.tool_calls ?? []) {
    calls[t.index] ??= { name: '', args: '' };
    calls[t.index].name += t.function?.name ?? '';
    calls[t.index].args += t.function?.arguments ?? '';
  }
}

async function plain(c, seen, more) {
  use(read, await connect(c).chat.completions.create(body(c, more)), seen);
}

async function stream(c, seen, more) {
  const calls = [];
  try {
    const request = body(c, { stream: true, stream_options: { include_usage: true }, ...more });
    const events = await connect(c).chat.completions.create(request);
    for await (const chunk of events) {
      seen.events++;
      use(readChunk, chunk, seen, calls);
    }
  } finally {
    for (const t of calls.filter(Boolean)) seen.call(t.name, t.args);
  }
}

async function helper(c, seen, more) {
  const events = connect(c).chat.completions.stream(body(c, { stream_options: { include_usage: true }, ...more }));
  events.on('chunk', () => seen.events++);
  use(read, await events.finalChatCompletion(), seen);
}

async function structured(c, seen) {
  const answer = await connect(c).chat.completions.parse(body(c, { response_format }));
  const message = use(read, answer, seen);
  seen.text = JSON.stringify(message.parsed);
}

async function loop(c, seen) {
  const client = connect(c);
  const messages = start();
  for (; seen.turns < turns; ) {
    seen.turns++;
    const message = use(read, await client.chat.completions.create(body(c, { messages, tools })), seen);
    if (!message.tool_calls?.length) return;
    messages.push(message);
    for (const t of message.tool_calls) {
      const content = JSON.stringify(callWeather(parsed(t.function.arguments)));
      messages.push({ role: 'tool', tool_call_id: t.id, content });
    }
  }
  seen.note('the loop did not end');
}

export async function listModels(c, seen) {
  const ids = [];
  for await (const m of connect(c).models.list()) ids.push(m.id);
  seen.text = ids.join(',');
}

async function embeddings(c, seen) {
  const answer = await connect(c).embeddings.create({ model: models.embedding, input: [question, instructions] });
  use(() => {
    seen.text = answer.data.map((d) => d.embedding.length).join(',');
    seen.tokens(answer.usage?.prompt_tokens, 0);
  });
}

export const modes = {
  plain,
  stream,
  tools: (c, seen) => plain(c, seen, { tools }),
  'stream-tools': (c, seen) => stream(c, seen, { tools }),
  structured,
  'tool-loop': loop,
  'stream-helper': helper,
  'stream-helper-tools': (c, seen) => helper(c, seen, { tools }),
  models: listModels,
  embeddings,
};
