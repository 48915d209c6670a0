import { useVisit } from '../state/kiosk-context.tsx';
import { NumberTaken } from './number-taken.tsx';
import { NumberWanted } from './number-wanted.tsx';

/** First what the service needs, then the number. */
export function NumberScreen() {
  const { visit } = useVisit();
  return visit.ticket ? <NumberTaken ticket={visit.ticket} /> : <NumberWanted />;
}
