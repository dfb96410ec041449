// An error as somebody sees it who has to catch it.
import { Misread } from './seen.mjs';

// via says who had to notice: the SDK that threw, its onError callback, or the caller's code that read an answer the SDK had
// let pass (use). depth is how far down causes are followed.
export function describe(error, via = 'throw', depth = 4) {
  if (error instanceof Misread) return describe(error.cause, 'use', depth);
  if (error === null || typeof error !== 'object') return { class: typeof error, via, message: String(error) };
  return {
    class: classOf(error),
    name: error.name ?? null,
    extends: superclasses(error),
    via,
    status: error.status ?? error.statusCode ?? null,
    code: bodyOf(error)?.code ?? (error instanceof DOMException ? null : error.code) ?? null,
    type: bodyOf(error)?.type ?? error.type ?? null,
    message: String(error.message ?? ''),
    ...(depth > 0 && inner(error, depth - 1)),
  };
}

// classOf is what one catches: ai's classes and the platform's (TimeoutError, AbortError) are told by their name, the others by
// their constructor.
function classOf(error) {
  const name = String(error.name ?? '');
  if (name.startsWith('AI_') || error instanceof DOMException) return name;
  return error.constructor?.name || name || 'Object';
}

// superclasses are the classes above, nearest first, that catch it too: without Error, which catches everything.
function superclasses(error) {
  const names = [];
  let proto = Object.getPrototypeOf(Object.getPrototypeOf(error) ?? {});
  for (; proto && proto !== Object.prototype && proto !== Error.prototype; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor?.name) names.push(proto.constructor.name);
  }
  return names;
}

// bodyOf is the error object in the provider's body, where the SDK keeps it.
function bodyOf(error) {
  const body = error.error ?? error.data;
  return body?.error ?? body;
}

function inner(error, depth) {
  const more = {};
  if (error.reason && Array.isArray(error.errors)) {
    more.reason = error.reason;
    more.attempts = error.errors.length;
  }
  if (error.isRetryable !== undefined) more.retryable = error.isRetryable;
  const last = error.lastError ?? error.errors?.at?.(-1);
  if (last) more.last = describe(last, undefined, depth);
  else if (error.cause && error.cause !== error) more.cause = describe(error.cause, undefined, depth);
  return more;
}
