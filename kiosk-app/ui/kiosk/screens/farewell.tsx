import { Button } from 'react-aria-components';
import { Lotus } from '../../components/illustrations/lotus.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import type { Farewell } from '../state/use-farewell.ts';

const WORDS: Readonly<Record<Farewell['kind'], readonly [title: TextKey, text: TextKey]>> = {
  submitted: ['farewell.submitted', 'farewell.submitted-text'],
  number: ['farewell.number', 'farewell.number-text'],
  closed: ['farewell.closed', 'farewell.closed-text'],
};

/** A few seconds after the end. It shows nothing of the person. */
export function FarewellScreen({
  farewell,
  onEnd,
}: {
  readonly farewell: Farewell;
  readonly onEnd: () => void;
}) {
  const { t } = useTexts();
  const [title, text] = WORDS[farewell.kind];
  return (
    <main className="farewell" data-testid="screen-farewell">
      <Lotus />
      <h1>{t(title)}</h1>
      <p>{t(text)}</p>
      <p className="farewell-belongings">{t('farewell.belongings')}</p>
      <p className="small">{t('farewell.wiped')}</p>
      <Button className="farewell-end" aria-label={t('frame.close')} onPress={onEnd} />
    </main>
  );
}
