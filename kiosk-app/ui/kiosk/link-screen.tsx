import { Lotus } from '../components/illustrations/lotus.tsx';
import { useTexts } from '../i18n/text.tsx';
import type { Link } from './state/connection.ts';

/** Covers the kiosk while the service is away or does not know this window. The visit stays underneath. */
export function LinkScreen({ link, hasView }: { readonly link: Link; readonly hasView: boolean }) {
  const { t } = useTexts();
  if (link === 'locked') {
    return (
      <div className="link-screen" role="alert" data-testid="screen-locked">
        <Lotus />
        <h1>{t('locked.title')}</h1>
        <p>{t('locked.text')}</p>
      </div>
    );
  }
  if (link === 'lost') {
    return (
      <div className="link-screen lost" role="alert" data-testid="screen-lost">
        <Lotus />
        <h1>{t('lost.title')}</h1>
        <p>{t('lost.text')}</p>
        <div className="link-waiting" />
      </div>
    );
  }
  if (hasView) return null;
  return (
    <div className="link-screen lost" role="status" data-testid="screen-loading">
      <Lotus />
      <h1>{t('loading.title')}</h1>
    </div>
  );
}
