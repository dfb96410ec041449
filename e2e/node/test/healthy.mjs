// What a healthy provider answers, in the three formats: a tool call while there is a tool and no result of it yet, else text.
// Each function gives {body, events}: the plain answer, and the events of the stream as [name, data].

const text = 'It is 21 degrees in Paris.';
const report = JSON.stringify({ city: 'Paris', degrees: 21, sky: 'clear' });
const args = '{"city":"Paris","unit":"celsius"}';
const tool = 'get_weather';

// halves cuts a text in two, as a stream would.
const halves = (s) => [s.slice(0, s.length >> 1), s.slice(s.length >> 1)];

export function chat(request) {
  const called = request.tools && !request.messages.some((m) => m.role === 'tool');
  const content = request.response_format ? report : text;
  const call = { id: 'call_1', type: 'function', function: { name: tool, arguments: args } };
  const message = called
    ? { role: 'assistant', content: null, refusal: null, tool_calls: [call] }
    : { role: 'assistant', content, refusal: null };
  const deltas = called
    ? [
        { tool_calls: [{ ...call, index: 0, function: { name: tool, arguments: '' } }] },
        ...halves(args).map((a) => ({ tool_calls: [{ index: 0, function: { arguments: a } }] })),
      ]
    : halves(content).map((c) => ({ content: c }));
  const finish_reason = called ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 };
  const base = { id: 'chatcmpl-1', created: 1700000000, model: request.model };
  const chunk = (choices, more) => [null, { ...base, object: 'chat.completion.chunk', choices, ...more }];
  const said = (delta, finish = null) => chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }]);
  return {
    body: { ...base, object: 'chat.completion', choices: [{ index: 0, message, logprobs: null, finish_reason }], usage },
    events: [
      said({ role: 'assistant', content: '', refusal: null }),
      ...deltas.map((d) => said(d)),
      said({}, finish_reason),
      chunk([], { usage }),
      [null, '[DONE]'],
    ],
  };
}

export function responses(request) {
  const given = Array.isArray(request.input) ? request.input : [];
  const called = request.tools && !given.some((i) => i.type === 'function_call_output');
  const said = request.text?.format?.type === 'json_schema' ? report : text;
  const base = { id: 'resp_1', object: 'response', created_at: 1700000000, model: request.model, error: null, tools: [] };
  const { item, empty, middle } = called ? functionCall() : outputMessage(said);
  const usage = {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 27,
  };
  const body = { ...base, incomplete_details: null, status: 'completed', output: [item], usage };
  const started = { ...base, incomplete_details: null, status: 'in_progress', output: [], usage: null };
  const events = [
    ['response.created', { response: started }],
    ['response.in_progress', { response: started }],
    ['response.output_item.added', { output_index: 0, item: empty }],
    ...middle,
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: body }],
  ];
  return { body, events: events.map(([type, more], i) => [type, { type, sequence_number: i, ...more }]) };
}

function functionCall() {
  const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: tool, arguments: args, status: 'completed' };
  const at = { item_id: item.id, output_index: 0 };
  return {
    item,
    empty: { ...item, status: 'in_progress', arguments: '' },
    middle: [
      ...halves(args).map((delta) => ['response.function_call_arguments.delta', { ...at, delta }]),
      ['response.function_call_arguments.done', { ...at, arguments: args }],
    ],
  };
}

function outputMessage(said) {
  const part = { type: 'output_text', text: said, annotations: [], logprobs: [] };
  const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [part] };
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  return {
    item,
    empty: { ...item, status: 'in_progress', content: [] },
    middle: [
      ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
      ...halves(said).map((delta) => ['response.output_text.delta', { ...at, delta, logprobs: [] }]),
      ['response.output_text.done', { ...at, text: said, logprobs: [] }],
      ['response.content_part.done', { ...at, part }],
    ],
  };
}

export function messages(request) {
  const results = request.messages.flatMap((m) => (Array.isArray(m.content) ? m.content : []));
  const called = request.tools && !results.some((b) => b.type === 'tool_result');
  const said = request.output_config?.format ? report : text;
  const block = called ? { type: 'tool_use', id: 'toolu_1', name: tool, input: JSON.parse(args) } : { type: 'text', text: said };
  const stop_reason = called ? 'tool_use' : 'end_turn';
  const usage = { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 7 };
  const base = { id: 'msg_1', type: 'message', role: 'assistant', model: request.model, stop_sequence: null };
  const deltas = called
    ? ['', ...halves(args)].map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    : halves(said).map((t) => ({ type: 'text_delta', text: t }));
  const events = [
    ['message_start', { message: { ...base, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } }],
    ['content_block_start', { index: 0, content_block: called ? { ...block, input: {} } : { ...block, text: '' } }],
    ['ping', {}],
    ...deltas.map((delta) => ['content_block_delta', { index: 0, delta }]),
    ['content_block_stop', { index: 0 }],
    ['message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } }],
    ['message_stop', {}],
  ];
  const body = { ...base, content: [block], stop_reason, usage };
  return { body, events: events.map(([type, more]) => [type, { type, ...more }]) };
}
