// What every client is made to ask, so that one simulated provider can serve them all.

export const question = 'What is the weather in Paris?';
export const instructions = 'You are a weather service.';

export const models = { openai: 'gpt-4.1-mini', embedding: 'text-embedding-3-small', anthropic: 'claude-sonnet-5-5' };

export const weather = {
  name: 'get_weather',
  description: 'The weather in a city, now.',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string', description: 'the name of the city' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
};

// report is what a structured answer has to look like.
export const report = {
  name: 'weather_report',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      degrees: { type: 'number' },
      sky: { type: 'string', enum: ['clear', 'cloudy', 'rain'] },
    },
    required: ['city', 'degrees', 'sky'],
    additionalProperties: false,
  },
};

// turns is how often a loop may ask the model before it gives up.
export const turns = 5;

// callWeather is the tool itself.
export function callWeather({ city, unit } = {}) {
  return { city: city ?? '', unit: unit ?? '', degrees: 21, sky: 'clear' };
}
