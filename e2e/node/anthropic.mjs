// The package @anthropic-ai/sdk, Messages.
import Anthropic from '@anthropic-ai/sdk';
import { callWeather, instructions, models, question, report, turns, weather } from './task.mjs';
import { parsed, use } from './seen.mjs';

const tools = [{ name: weather.name, description: weather.description, input_schema: weather.schema }];
const output_config = { format: { type: 'json_schema', schema: report.schema } };

function connect(c) {
  return new Anthropic({
    apiKey: c.key ?? 'sk-ant-test',
    baseURL: c.base,
    defaultHeaders: c.headers,
    timeout: c.timeoutMs,
    maxRetries: c.maxRetries,
  });
}

const start = () => [{ role: 'user', content: question }];

function body(c, more) {
  return { model: c.model ?? models.anthropic, max_tokens: 1024, system: instructions, messages: start(), ...more };
}

function read(answer, seen) {
  seen.text = answer.content.map((b) => (b.type === 'text' ? b.text : '')).join('');
  seen.finish = answer.stop_reason;
  for (const b of answer.content) if (b.type === 'tool_use') seen.call(b.name, b.input);
  if (answer.usage) seen.tokens(answer.usage.input_tokens, answer.usage.output_tokens);
  return answer;
}

function readEvent(e, seen, calls) {
  switch (e.type) {
    case 'message_start':
      seen.tokens(e.message.usage?.input_tokens, e.message.usage?.output_tokens);
      break;
    case 'content_block_start':
      if (e.content_block.type === 'tool_use') calls[e.index] = { name: e.content_block.name, args: '' };
      break;
    case 'content_block_delta':
      if (e.delta.type === 'text_delta') seen.text += e.delta.text;
      if (e.delta.type === 'input_json_delta') calls[e.index].args += e.delta.partial_json;
      break;
    case 'message_delta':
      seen.finish = e.delta.stop_reason ?? seen.finish;
      if (e.usage) seen.tokens(e.usage.input_tokens ?? seen.usage?.input, e.usage.output_tokens);
  }
}

async function plain(c, seen, more) {
  use(read, await connect(c).messages.create(body(c, more)), seen);
}

async function stream(c, seen, more) {
  const calls = [];
  try {
    for await (const e of await connect(c).messages.create(body(c, { stream: true, ...more }))) {
      seen.events++;
      use(readEvent, e, seen, calls);
    }
  } finally {
    for (const t of calls.filter(Boolean)) seen.call(t.name, t.args);
  }
}

async function helper(c, seen, more) {
  const events = connect(c).messages.stream(body(c, more));
  events.on('streamEvent', () => seen.events++);
  use(read, await events.finalMessage(), seen);
}

async function structured(c, seen) {
  const answer = use(read, await connect(c).messages.parse(body(c, { output_config })), seen);
  seen.text = JSON.stringify(answer.parsed_output);
}

async function loop(c, seen) {
  const client = connect(c);
  const messages = start();
  for (; seen.turns < turns; ) {
    seen.turns++;
    const answer = use(read, await client.messages.create(body(c, { messages, tools })), seen);
    const calls = answer.content.filter((b) => b.type === 'tool_use');
    if (calls.length === 0) return;
    messages.push({ role: 'assistant', content: answer.content });
    const results = calls.map((t) => ({
      type: 'tool_result',
      tool_use_id: t.id,
      content: JSON.stringify(callWeather(parsed(t.input))),
    }));
    messages.push({ role: 'user', content: results });
  }
  seen.note('the loop did not end');
}

async function listModels(c, seen) {
  const ids = [];
  for await (const m of connect(c).models.list()) ids.push(m.id);
  seen.text = ids.join(',');
}

async function countTokens(c, seen) {
  const { messages, system, model } = body(c);
  const answer = await connect(c).messages.countTokens({ model, system, messages, tools });
  use(() => seen.tokens(answer.input_tokens, 0));
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
  'count-tokens': countTokens,
};
