import type { SubmissionView } from '@motcua/contract';

export type Progress = 'done' | 'now' | 'waiting' | 'later' | 'failed';

/** The three honest steps of filing: sealed and stored here, sent, confirmed by the city. */
export function submissionProgress(
  state: SubmissionView['state'],
): readonly [seal: Progress, send: Progress, accept: Progress] {
  switch (state) {
    case 'none':
    case 'sealing':
      return ['now', 'waiting', 'waiting'];
    case 'sealed':
    case 'uploading':
      return ['done', 'now', 'waiting'];
    case 'deferred':
      return ['done', 'later', 'later'];
    case 'accepted':
      return ['done', 'done', 'done'];
    case 'refused':
      return ['done', 'done', 'failed'];
  }
}
