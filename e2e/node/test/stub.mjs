// A small provider to try the probe on. The first part of a path names what goes wrong: http://127.0.0.1:port/cut/v1/messages.
import { createServer } from 'node:http';
import { chat, messages, responses } from './healthy.mjs';

const page = '<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>';

// What stands in the place of an answer: status, header fields, and a type of error in the vendor's shape, or a page.
const refusals = {
  429: [429, { 'retry-after': '7' }, 'rate_limit_error'],
  '429-bare': [429, {}, 'rate_limit_error'],
  '429-ms': [429, { 'retry-after-ms': '1500', 'retry-after': '9' }, 'rate_limit_error'],
  '429-huge': [429, { 'retry-after': '90' }, 'rate_limit_error'],
  '429-zero': [429, { 'retry-after': '0' }, 'rate_limit_error'],
  '429-no': [429, { 'x-should-retry': 'false' }, 'rate_limit_error'],
  400: [400, {}, 'invalid_request_error'],
  '400-yes': [400, { 'x-should-retry': 'true' }, 'invalid_request_error'],
  401: [401, {}, 'authentication_error'],
  500: [500, {}, 'api_error'],
  529: [529, {}, 'overloaded_error'],
  'html-502': [502, {}, page],
  'html-200': [200, {}, page],
  'error-200': [200, {}, 'overloaded_error'],
};

// What happens to an answer after its first half; after nothing, with '-first'.
const middles = {
  eof: (res) => res.end(),
  cut: (res) => res.socket.resetAndDestroy(),
  close: (res) => res.socket.destroy(),
  stall: () => {},
  event: (res, path) => res.end(errorEvents[path]('overloaded_error').map(frame).join('')),
  flat: (res) => res.end(frame(['error', { type: 'error', sequence_number: 9, ...wrong }])),
};

const wrong = { code: 'a_code', message: 'It went wrong.', param: null };
const failed = { id: 'resp_1', object: 'response', status: 'failed', output: [], error: wrong };
const errorEvents = {
  'chat/completions': (type) => [[null, errorBody(false, type)]],
  responses: (type) => [
    ['error', { type: 'error', sequence_number: 9, ...errorBody(false, type) }],
    ['response.failed', { type: 'response.failed', sequence_number: 10, response: failed }],
  ],
  messages: (type) => [['error', errorBody(true, type)]],
};

const formats = { 'chat/completions': chat, responses, messages };

// start listens on a free port. seen are the requests that came: {url, headers, body}.
export async function start() {
  const seen = [];
  const server = createServer(async (req, res) => {
    let text = '';
    for await (const piece of req) text += piece;
    const body = text ? JSON.parse(text) : {};
    seen.push({ url: req.url, headers: req.headers, body });
    const [, fault, ...rest] = req.url.split('?')[0].split('/');
    answer(res, fault, rest.join('/').replace(/^v1\//, ''), body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, stop };
}

function answer(res, fault, path, request) {
  const anthropic = path.startsWith('messages');
  if (fault === 'reset') return res.socket.resetAndDestroy();
  if (fault === 'silent') return;
  if (refusals[fault]) return refuse(res, anthropic, ...refusals[fault]);
  if (sides[path]) return json(res, 200, {}, sides[path](request));
  if (!formats[path]) return json(res, 404, {}, errorBody(anthropic, 'not_found_error'));
  const { body, events } = formats[path](request);
  const pieces = request.stream ? events.map(frame) : [JSON.stringify(body)];
  res.writeHead(200, { 'content-type': request.stream ? 'text/event-stream' : 'application/json' });
  const [what, first] = fault.split('-');
  if (!middles[what]) return res.end(pieces.join(''));
  if (first) return middles[what](res, path);
  res.write(half(pieces), () => setImmediate(() => middles[what](res, path)));
}

// half is the first half: of the events, of the characters where there is only one piece.
function half(pieces) {
  if (pieces.length > 1) return pieces.slice(0, pieces.length >> 1).join('');
  return pieces[0].slice(0, pieces[0].length >> 1);
}

const frame = ([name, data]) =>
  (name ? `event: ${name}\n` : '') + `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

function refuse(res, anthropic, status, headers, what) {
  if (what !== page) return json(res, status, headers, errorBody(anthropic, what));
  res.writeHead(status, { 'content-type': 'text/html', ...headers });
  res.end(page);
}

function errorBody(anthropic, type) {
  if (anthropic) return { type: 'error', error: { details: null, type, message: 'It went wrong.' }, request_id: 'req_1' };
  return { error: { message: 'It went wrong.', type, param: null, code: 'a_code' } };
}

function json(res, status, headers, body) {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

const sides = {
  models: () => ({ object: 'list', data: ['one', 'two'].map((id) => ({ id, object: 'model', type: 'model' })), has_more: false }),
  embeddings: ({ input, encoding_format: format }) => ({
    object: 'list',
    data: input.map((_, index) => ({ object: 'embedding', index, embedding: vector(format) })),
    usage: { prompt_tokens: 5, total_tokens: 5 },
  }),
  'messages/count_tokens': () => ({ input_tokens: 20 }),
};

const vector = (format) => (format === 'base64' ? 'AAAAAAAAgD8AAABA' : [0, 1, 2]);
