// What a case has shown so far. A mode fills it in as it goes, so that an error, or the guard, leaves what came before it.

export class Seen {
  ok = false;
  text = '';
  toolCalls = [];
  finish = null;
  usage = null;
  error = null;
  events = 0;
  turns = 0;
  waits = [];
  notes = [];

  // call adds a tool call; arguments that are not JSON stay the string they are.
  call(name, args) {
    this.toolCalls.push({ name, args: parsed(args) });
  }

  note(text) {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  // tokens are counted the same way for everybody.
  tokens(input, output) {
    this.usage = { input: input ?? null, output: output ?? null };
  }

  result(id) {
    const { notes, ...rest } = this;
    return { id, ...rest, note: notes.join('; ') };
  }
}

export function parsed(args) {
  if (typeof args !== 'string') return args ?? null;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}

// Misread is an error of the caller's own code: the SDK handed something over as a success, and it was not what it promised.
export class Misread extends Error {
  constructor(cause) {
    super(cause?.message, { cause });
  }
}

// use runs the caller's code over what an SDK has returned.
export function use(read, ...given) {
  try {
    return read(...given);
  } catch (e) {
    throw new Misread(e);
  }
}
