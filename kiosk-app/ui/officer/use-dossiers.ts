import type { OfficerDossierSummary, Problem } from '@motcua/contract';
import { useCallback, useEffect, useState } from 'react';
import type { OfficerApi } from './api.ts';

const POLL_MS = 8_000;

/** The list, brought up to date by itself while the window is looked at. */
export function useDossiers(api: OfficerApi, onOver: (problem: Problem) => void) {
  const [dossiers, setDossiers] = useState<readonly OfficerDossierSummary[] | null>(null);
  const [offline, setOffline] = useState(false);

  const refresh = useCallback(
    async (byItself = false) => {
      const answer = await api.dossiers(byItself);
      setOffline(answer.kind === 'offline');
      if (answer.kind === 'ok') setDossiers(answer.value.dossiers);
      else if (answer.kind === 'over') onOver(answer.problem);
    },
    [api, onOver],
  );
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh(true);
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return { dossiers, offline, refresh };
}
