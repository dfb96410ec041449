// The package openai, Responses.
import { connect, listModels } from './openai-chat.mjs';
import { callWeather, instructions, models, question, report, turns, weather } from './task.mjs';
import { parsed, use } from './seen.mjs';

const { name, description, schema: parameters } = weather;
const tools = [{ type: 'function', name, description, parameters, strict: true }];
const text = { format: { type: 'json_schema', name: report.name, schema: report.schema, strict: true } };

function body(c, more) {
  return { model: c.model ?? models.openai, instructions, input: question, ...more };
}

function read(answer, seen) {
  seen.text = answer.output_text ?? '';
  seen.finish = finishOf(answer);
  if (answer.error) seen.note(`response.error: ${answer.error.code}: ${answer.error.message}`);
  for (const item of answer.output) {
    if (item.type === 'function_call') seen.call(item.name, item.arguments);
    for (const part of item.content ?? []) if (part.type === 'refusal') seen.note(`refusal: ${part.refusal}`);
  }
  if (answer.usage) seen.tokens(answer.usage.input_tokens, answer.usage.output_tokens);
  return answer;
}

function finishOf({ status, incomplete_details: details }) {
  return details?.reason ? `${status}: ${details.reason}` : (status ?? null);
}

function readEvent(e, seen) {
  switch (e.type) {
    case 'response.output_text.delta':
      seen.text += e.delta;
      break;
    case 'response.output_item.done':
      if (e.item.type === 'function_call') seen.call(e.item.name, e.item.arguments);
      break;
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      seen.finish = finishOf(e.response);
      if (e.response.error) seen.note(`response.error: ${e.response.error.code}: ${e.response.error.message}`);
      if (e.response.usage) seen.tokens(e.response.usage.input_tokens, e.response.usage.output_tokens);
      break;
    case 'error':
      seen.note('an error event came as an ordinary event');
  }
}

async function plain(c, seen, more) {
  use(read, await connect(c).responses.create(body(c, more)), seen);
}

async function stream(c, seen, more) {
  for await (const e of await connect(c).responses.create(body(c, { stream: true, ...more }))) {
    seen.events++;
    use(readEvent, e, seen);
  }
}

async function helper(c, seen, more) {
  const events = connect(c).responses.stream(body(c, more));
  events.on('event', () => seen.events++);
  use(read, await events.finalResponse(), seen);
}

async function structured(c, seen) {
  const answer = use(read, await connect(c).responses.parse(body(c, { text })), seen);
  seen.text = JSON.stringify(answer.output_parsed);
}

async function loop(c, seen) {
  const client = connect(c);
  const input = [{ role: 'user', content: question }];
  for (; seen.turns < turns; ) {
    seen.turns++;
    const answer = use(read, await client.responses.create(body(c, { input, tools })), seen);
    const calls = answer.output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return;
    input.push(...answer.output);
    for (const t of calls) {
      input.push({ type: 'function_call_output', call_id: t.call_id, output: JSON.stringify(callWeather(parsed(t.arguments))) });
    }
  }
  seen.note('the loop did not end');
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
};
