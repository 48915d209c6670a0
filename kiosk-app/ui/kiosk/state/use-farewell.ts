import type { Language, VisitView } from '@motcua/contract';
import { useCallback, useEffect, useState } from 'react';

/** How a visit ended. Nothing else of it is remembered. */
export interface Farewell {
  readonly kind: 'submitted' | 'number' | 'closed';
  readonly language: Language;
}

const SHOWN_MS = 8_000;

/** After a visit has gone: a word of farewell for a few seconds, or until somebody touches the screen. */
export function useFarewell(visit: VisitView | null): readonly [Farewell | null, () => void] {
  const [farewell, setFarewell] = useState<Farewell | null>(null);
  const [last, setLast] = useState<(Farewell & { readonly visitId: string }) | null>(null);
  const now = visit && { visitId: visit.id, kind: endingOf(visit), language: visit.language };

  if (now) {
    if (now.visitId !== last?.visitId || now.kind !== last.kind || now.language !== last.language)
      setLast(now);
    if (farewell) setFarewell(null);
  } else if (last) {
    setLast(null);
    setFarewell({ kind: last.kind, language: last.language });
  }

  const end = useCallback(() => setFarewell(null), []);
  useEffect(() => {
    if (!farewell) return;
    const timer = setTimeout(end, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [farewell, end]);
  return [farewell, end];
}

const FILED: readonly VisitView['submission']['state'][] = ['sealed', 'uploading', 'accepted', 'deferred'];

/** True as soon as the dossier is stored and queued: it will reach the city without anybody. */
export function isFiled(visit: VisitView): boolean {
  return FILED.includes(visit.submission.state);
}

function endingOf(visit: VisitView): Farewell['kind'] {
  if (isFiled(visit)) return 'submitted';
  return visit.step === 'number' && visit.ticket ? 'number' : 'closed';
}
