import { type DestinationStream, pino } from 'pino';

/**
 * Structured log lines. Callers pass codes, counts, identifiers of visits and devices: never a name, a number of a
 * person, a field's value or a text read from a paper. The redaction is a net below that rule, not the rule.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

const PERSONAL = [
  'name',
  'fullName',
  'number',
  'personNumber',
  'birthDate',
  'residence',
  'text',
  'card',
  'fields',
  'phone',
];

export function createLogger(options: { level?: string; destination?: DestinationStream } = {}): Logger {
  const paths = PERSONAL.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[personal]' },
      // An error's message may quote what a person typed or a card said; its kind and place do not.
      serializers: {
        err: describeError,
      },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  // A message may have lines of its own, which look like any others in the stack.
  const places = (error.stack ?? '').replace(error.message, '').split('\n').slice(1);
  return {
    kind: error.name,
    ...(typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code) && { code }),
    stack: places.filter((line) => /^ +at /.test(line)).slice(0, 5),
  };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
