// The clients, and the modes of each.
import { modes as anthropic } from './anthropic.mjs';
import { modes as chat } from './openai-chat.mjs';
import { modes as responses } from './openai-responses.mjs';
import * as vercel from './vercel.mjs';

export const clients = {
  'openai-chat': chat,
  'openai-responses': responses,
  anthropic,
  'ai-openai': vercel.responses,
  'ai-openai-chat': vercel.chat,
  'ai-anthropic': vercel.anthropic,
};
