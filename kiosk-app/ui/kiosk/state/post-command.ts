import type { CommandAnswer, CommandRequest, Problem } from '@motcua/contract';
import type { Timers } from './connection.ts';

export type PostOutcome =
  | { readonly type: 'answered'; readonly answer: CommandAnswer }
  /** The service does not take the request at all (4xx): sending it again would not help. */
  | { readonly type: 'refused'; readonly status: number }
  | { readonly type: 'locked' }
  | { readonly type: 'stopped' };

export interface PostParts {
  readonly fetch: typeof fetch;
  readonly timers: Timers;
  readonly answerWithinMs: number;
  readonly pauses: readonly number[];
  readonly onUnreachable: () => void;
  readonly isStopped: () => boolean;
}

/**
 * Sends one command until it is answered, always with the same `requestId`: the service stores the outcome by it,
 * so a command whose answer got lost is not done twice. Broken connections, time-outs, 429 and 5xx are tried again.
 */
export async function postUntilAnswered(request: CommandRequest, parts: PostParts): Promise<PostOutcome> {
  const body = JSON.stringify(request);
  for (let tries = 0; ; tries++) {
    if (parts.isStopped()) return { type: 'stopped' };
    try {
      const answer = await parts.fetch('/api/visit/commands', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(parts.answerWithinMs),
      });
      if (answer.status === 401) return { type: 'locked' };
      if (answer.ok) return { type: 'answered', answer: (await answer.json()) as CommandAnswer };
      if (answer.status < 500 && answer.status !== 429) return { type: 'refused', status: answer.status };
    } catch {
      // Tried again below.
    }
    parts.onUnreachable();
    const pause = parts.pauses[Math.min(tries, parts.pauses.length - 1)] ?? 1000;
    await new Promise<void>((resolve) => parts.timers.after(pause, resolve));
  }
}

/** The sentence for an answer that the contract does not foresee. */
export function problemOfStatus(status: number): Problem {
  return {
    code: `http-${status}`,
    what: { vi: 'Máy chưa làm được việc này.', en: 'The kiosk could not do this.' },
    next: {
      vi: 'Xin thử lại, hoặc bấm “Trợ giúp” để gọi nhân viên.',
      en: 'Please try again, or press “Help” to call a member of staff.',
    },
  };
}
