// The package ai, over @ai-sdk/openai (Responses and Chat Completions) and @ai-sdk/anthropic.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, isStepCount, jsonSchema, Output, streamText, tool } from 'ai';
import { describe } from './describe.mjs';
import { callWeather, instructions, models, question, report, turns, weather } from './task.mjs';
import { use } from './seen.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

const declared = { description: weather.description, inputSchema: jsonSchema(weather.schema) };
const tools = { [weather.name]: tool(declared) };
const running = { [weather.name]: tool({ ...declared, execute: async (args) => callWeather(args) }) };

const provider = (create, c) => create({ apiKey: c.key ?? 'sk-test', baseURL: c.base + (c.bare ? '' : '/v1'), headers: c.headers });

function asked(model, c, more) {
  return { model: model(c), instructions, prompt: question, maxRetries: c.maxRetries, timeout: c.timeoutMs, ...more };
}

function readCalls(calls, seen) {
  for (const t of calls) {
    seen.call(t.toolName, t.input);
    if (t.invalid) seen.note(`invalid tool call: ${t.error?.name}`);
  }
}

function readAnswer(answer, seen) {
  seen.text = answer.text;
  seen.finish = answer.finishReason;
  seen.turns = answer.steps.length;
  for (const step of answer.steps) readCalls(step.toolCalls, seen);
  seen.tokens(answer.usage?.inputTokens, answer.usage?.outputTokens);
}

const generate = (model, more) => async (c, seen) => {
  use(readAnswer, await generateText(asked(model, c, more)), seen);
};

const structured = (model) => async (c, seen) => {
  const output = Output.object({ schema: jsonSchema(report.schema), name: report.name });
  const answer = await generateText(asked(model, c, { output }));
  use(readAnswer, answer, seen);
  seen.text = JSON.stringify(answer.output); // throws where there is none
};

function readPart(part, seen) {
  switch (part.type) {
    case 'text-delta':
      seen.text += part.text;
      break;
    case 'tool-call':
      readCalls([part], seen);
      break;
    case 'finish':
      seen.finish = part.finishReason;
      seen.tokens(part.totalUsage?.inputTokens, part.totalUsage?.outputTokens);
      break;
    case 'abort':
      seen.note('an abort part');
  }
}

// What goes wrong with streamText is told in three ways: by onError, by a throw while it is read, by its promises. The first
// one is the error, the others are noted.
const stream = (model, more) => async (c, seen) => {
  const errors = [];
  const failed = (error, via) => {
    errors.push(error);
    const told = describe(error, via);
    if (seen.error === null) seen.error = told;
    else seen.note(`also ${via}: ${told.class}`);
  };
  const answer = streamText(asked(model, c, { ...more, onError: ({ error }) => failed(error, 'onError') }));
  try {
    for await (const part of answer.stream) {
      seen.events++;
      use(readPart, part, seen);
    }
  } catch (e) {
    failed(e, 'throw');
  }
  try {
    await answer.finishReason;
  } catch (e) {
    if (!errors.includes(e)) failed(e, 'promise');
  }
};

const embeddings = async (c, seen) => {
  const model = provider(createOpenAI, c).embedding(models.embedding);
  const answer = await embedMany({ model, values: [question, instructions], maxRetries: c.maxRetries });
  seen.text = answer.embeddings.map((e) => e.length).join(',');
  seen.tokens(answer.usage?.tokens, 0);
};

const modesOf = (model, more) => ({
  plain: generate(model),
  stream: stream(model),
  tools: generate(model, { tools }),
  'stream-tools': stream(model, { tools }),
  structured: structured(model),
  'tool-loop': generate(model, { tools: running, stopWhen: isStepCount(turns) }),
  ...more,
});

export const responses = modesOf((c) => provider(createOpenAI, c)(c.model ?? models.openai), { embeddings });
export const chat = modesOf((c) => provider(createOpenAI, c).chat(c.model ?? models.openai));
export const anthropic = modesOf((c) => provider(createAnthropic, c)(c.model ?? models.anthropic));
